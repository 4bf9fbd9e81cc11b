import { keepState, deviceOf, type StateKeeper } from '#core/sign-in/store/kept-state.ts';
import { isRenewedSoon } from '#core/sign-in/rules.ts';
import type { Secret } from '#shared/secret.ts';
import type { PortalSession, Portals, SignInResult } from '#portal/portal.ts';
import {
  nextSignIn,
  runSignIn,
  type SignInRunner,
  type SignInSession,
} from '#core/sign-in/sign-in-run.ts';
import type { Permit } from '#queue/session-worker.ts';
import type { SignIn } from '#core/sign-in/store/sign-ins.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface PersonLinkDeps extends SignInRunner, StateKeeper {
  portals: Portals;
}

/**
 * Does the sign-in that a person asked for on the link page, if there is one: in the browser that the
 * portal remembers, else in a fresh context. Signed in, the open portal is handed on, so that what
 * waits for the link is read at once. What came of it; undefined when there was nothing to do.
 */
export const linkByPerson = async (
  deps: PersonLinkDeps,
  lease: Lease,
  signal: AbortSignal,
  permit: Permit,
  use: (portal: PortalSession) => void,
): Promise<SignInResult | undefined> => {
  const { source, fence } = lease;
  const signIn = await nextSignIn(deps, source.id, fence);
  if (signIn === undefined) return undefined;
  const facts = deps.portals.carrier(source.carrierId);
  if (facts === undefined) throw new Error(`carrier ${source.carrierId} is not loaded here`);
  const open = (kept: Secret | undefined) => deps.portals.open(source, kept, signal);
  const known = await knownDevice(deps, signIn);
  let portal = await open(known);
  let handedOn = false;
  const session: SignInSession = {
    facts,
    fence,
    signal,
    knownDevice: known !== undefined,
    whileWaiting: permit.whileParked,
    portal: {
      signIn: async (credentials, hooks) => {
        let submitted = false;
        const beforeSubmit = async (): Promise<void> => {
          await hooks.beforeSubmit();
          submitted = true;
        };
        const said = await portal.signIn(credentials, { ...hooks, beforeSubmit });
        if (said.kind !== 'signed-in' || submitted || !session.knownDevice) return said;
        // Still signed in from before: whatever was typed would pass. A fresh browser tries it.
        await portal[Symbol.asyncDispose]();
        portal = await open(undefined);
        session.knownDevice = false;
        return portal.signIn(credentials, hooks);
      },
    },
  };
  try {
    const outcome = await runSignIn(deps, signIn, session);
    if (outcome.kind === 'gone') return undefined;
    if (outcome.kind === 'failure') return outcome;
    await keepState(deps, lease, await portal.keep());
    use(portal);
    handedOn = true;
    return outcome;
  } finally {
    if (!handedOn) await portal[Symbol.asyncDispose]();
  }
};

/** A device about to be forgotten is left aside: with a code in a fresh browser it lasts anew. */
const knownDevice = async (
  deps: PersonLinkDeps,
  { sourceId, personId }: SignIn,
): Promise<Secret | undefined> => {
  const device = await deviceOf(deps, sourceId, personId);
  if (device === undefined || isRenewedSoon(device.trustedUntil, deps.clock())) return undefined;
  return device.state;
};
