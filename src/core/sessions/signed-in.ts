import {
  keptState,
  keepState,
  endState,
  type StateKeeper,
} from '#core/sign-in/store/kept-state.ts';
import { noteSessionEnd } from './store/early-ends.ts';
import type { PortalSession, Portals, PortalFailure, SignInResult } from '#portal/portal.ts';
import { holdersAreHere } from '#core/sign-in/holders.ts';
import { maySignInByItself, signInByItself } from '#core/sign-in/by-itself.ts';
import { type SignInRunner } from '#core/sign-in/sign-in-run.ts';
import type { Show } from '#queue/messages.ts';
import type { OnNotice } from './notice.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface SignedInDeps extends SignInRunner, StateKeeper {
  portals: Portals;
  show: Show;
  notice?: OnNotice;
}

/** Slack did not say whether whose password it is still belongs here, so it was not used. */
interface Unchecked {
  kind: 'unchecked';
}

export type SignedIn = { kind: 'signed-in'; portal: PortalSession } | PortalFailure | Unchecked;

/**
 * A portal that is signed in, without a person: a warm context, kept cookies, or the stored password
 * where the rule against lock-outs allows it.
 */
export const openSignedIn = async (
  deps: SignedInDeps,
  lease: Lease,
  warm: PortalSession | undefined,
  signal: AbortSignal,
): Promise<SignedIn> => {
  if (warm !== undefined) {
    const alive = await warm.resume(signal);
    if (alive.kind === 'alive') return { kind: 'signed-in', portal: warm };
    await warm[Symbol.asyncDispose]();
    signal.throwIfAborted();
  }
  const kept = await keptState(deps, lease.source.id);
  const portal = await deps.portals.open(lease.source, kept?.state, signal);
  let failure: PortalFailure | Unchecked | undefined = ENDED;
  try {
    failure = await enter(deps, lease, portal, kept, signal);
  } finally {
    if (failure !== undefined) await portal[Symbol.asyncDispose]();
  }
  return failure ?? { kind: 'signed-in', portal };
};

const ENDED: PortalFailure = { kind: 'failure', reason: 'session-ended' };

/**
 * The portal has ended the session: it is not resumed again. A conflict where somebody else seems to
 * have signed in, whom a new sign-in of ours would throw out.
 */
export const afterSessionEnd = async (
  deps: Pick<SignedInDeps, 'store'>,
  lease: Lease,
): Promise<PortalFailure | undefined> => {
  const kind = await noteSessionEnd(deps.store, lease);
  await endState(deps.store, lease);
  return kind === 'early-again'
    ? {
        kind: 'failure',
        reason: 'session-conflict',
        detail: 'The session ended soon after it was used, and again: someone else uses this login',
      }
    : undefined;
};

export const noticeSignIn = (
  { notice }: Pick<SignedInDeps, 'notice'>,
  { source }: Lease,
  by: 'itself' | 'person',
  outcome: SignInResult,
): void =>
  notice?.({
    kind: 'sign-in',
    carrierId: source.carrierId,
    by,
    outcome: outcome.kind === 'failure' ? outcome.reason : 'signed-in',
  });

const enter = async (
  deps: SignedInDeps,
  lease: Lease,
  portal: PortalSession,
  kept: { signedIn: boolean } | undefined,
  signal: AbortSignal,
): Promise<PortalFailure | Unchecked | undefined> => {
  const { source, fence } = lease;
  if (kept?.signedIn) {
    const resumed = await portal.resume();
    if (resumed.kind === 'alive') return undefined;
    if (resumed.kind === 'failure' && resumed.reason !== 'session-ended') return resumed;
    const conflict = await afterSessionEnd(deps, lease);
    if (conflict) return conflict;
  }
  const facts = deps.portals.carrier(source.carrierId);
  if (facts === undefined) throw new Error(`carrier ${source.carrierId} is not loaded here`);
  const knownDevice = kept !== undefined;
  if (
    (await maySignInByItself(deps, source.id, facts, knownDevice)) &&
    !(await holdersAreHere(deps, source.id, signal))
  )
    return { kind: 'unchecked' };
  const session = { portal, facts, fence, signal, knownDevice };
  const outcome = await signInByItself(deps, source.id, session);
  if (outcome.kind !== 'not-allowed') noticeSignIn(deps, lease, 'itself', outcome);
  switch (outcome.kind) {
    case 'signed-in':
      await keepState(deps, lease, await portal.keep());
      return undefined;
    case 'not-allowed':
      return outcome.lockoutRisk ? { kind: 'failure', reason: 'lockout-risk' } : ENDED;
    case 'failure':
      return outcome;
  }
};
