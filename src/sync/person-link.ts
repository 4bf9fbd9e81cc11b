import type { Lease } from './lease.ts';
import type { PortalSession, Portals } from './portal.ts';
import type { Permit } from './session.ts';
import { nextSignIn, runSignIn, type SignInRunner } from './sign-in-run.ts';
import type { KeptStateStore } from './signed-in.ts';

export interface PersonLinkDeps extends SignInRunner {
  portals: Portals;
  store: SignInRunner['store'] & KeptStateStore;
}

/**
 * Does the sign-in that a person asked for on the link page, if there is one, in a fresh context.
 * Signed in, the open portal is handed on, so that what waits for the link is read at once.
 */
export const linkByPerson = async (
  deps: PersonLinkDeps,
  { source, fence }: Lease,
  signal: AbortSignal,
  permit: Permit,
  use: (portal: PortalSession) => void,
): Promise<void> => {
  const signIn = await nextSignIn(deps, source.id, fence);
  if (signIn === undefined) return;
  const facts = deps.portals.carrier(source.carrierId);
  if (facts === undefined) throw new Error(`carrier ${source.carrierId} is not loaded here`);
  const portal = await deps.portals.open(source, undefined, signal);
  let handedOn = false;
  try {
    const outcome = await runSignIn(deps, signIn, {
      portal,
      facts,
      fence,
      signal,
      whileWaiting: permit.whileParked,
    });
    if (outcome.kind !== 'signed-in') return;
    await deps.store.keepState({ source, fence }, await portal.keep());
    use(portal);
    handedOn = true;
  } finally {
    if (!handedOn) await portal[Symbol.asyncDispose]();
  }
};
