import { Secret } from '#shared/secret.ts';
import { SANDBOX } from '#simulator/portals/sandbox.ts';
import type {
  BookReading,
  Credentials,
  PortalSession,
  Portals,
  SignInHooks,
} from '#portal/portal.ts';

const never = new AbortController().signal;

/** A sandbox user's credentials, by the names of the carrier's own fields. */
export const sandboxCredentials = (
  portals: Portals,
  carrierId: string,
  user: string,
): Credentials =>
  Object.fromEntries(
    (portals.carrier(carrierId)?.fields ?? []).map(({ name, secret }) => [
      name,
      new Secret(secret ? SANDBOX.password : user),
    ]),
  );

/** A person who has the sandbox code at hand. */
export const withCode: SignInHooks = {
  beforeSubmit: () => Promise.resolve(),
  code: () => Promise.resolve(new Secret(SANDBOX.code)),
};

export const openSession = (portals: Portals, carrierId: string): Promise<PortalSession> =>
  portals.open({ id: 'sandbox', carrierId, name: 'Sandbox' }, undefined, never);

/** A session of a sandbox user behind its sign-in. Throws when it is refused. */
export const sandboxSession = async (
  portals: Portals,
  carrierId: string,
  user: string,
): Promise<PortalSession> => {
  const session = await openSession(portals, carrierId);
  const result = await session.signIn(sandboxCredentials(portals, carrierId, user), withCode);
  if (result.kind === 'signed-in') return session;
  await session[Symbol.asyncDispose]();
  throw new Error(`${user} did not get in at ${carrierId}: ${result.reason}`);
};

export const screensOf = async (session: PortalSession): Promise<BookReading[]> => {
  const screens: BookReading[] = [];
  for await (const screen of session.readBook?.() ?? []) screens.push(screen);
  return screens;
};
