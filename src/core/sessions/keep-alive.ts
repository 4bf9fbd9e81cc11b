import {
  keptState,
  keepState,
  endState,
  type StateKeeper,
} from '#core/sign-in/store/kept-state.ts';
import { idleSessions, markUsed, carriersLinked } from './store/idle-sessions.ts';
import { hasForced } from './store/claims.ts';
import { unlink } from './store/finishes.ts';
import { whyNoAnswer } from '#database/answers.ts';
import type { Store } from '#database/store.ts';
import { ulid } from 'ulid';
import { holdLease } from './lease.ts';
import type { PortalResult, PortalSession, Portals } from '#portal/portal.ts';
import { REASONS } from '#shared/outcome.ts';
import { maySignInByItself } from '#core/sign-in/by-itself.ts';
import { type SignInRunner } from '#core/sign-in/sign-in-run.ts';
import type { Show } from '#queue/messages.ts';
import { REST, type Lane, type Wake } from '#queue/sessions.ts';
import type { Lease } from '#core/logins/standing.ts';
import { MINUTE } from '#shared/clock.ts';

export interface KeepAliveDeps extends SignInRunner, StateKeeper {
  store: Store;
  portals: Portals;
  /** Names the worker process, as its sessions do. */
  holder: string;
  /** The carriers that it serves; all that none is bound to by default. */
  lane?: Lane;
  show: Show;
  wake: Wake;
  /** Told of a login whose session could not be kept; the others are. */
  onError: (error: unknown, sourceId: string) => void;
}

/** Few, since each is a browser context beside those of the sessions. */
const AT_ONCE = 2;

/** A minute early, for a round comes once a minute; but not before half of the time. */
const usedBefore = (everyMinutes: number, now: number): number =>
  now - Math.max(everyMinutes / 2, everyMinutes - 1) * MINUTE;

/**
 * Uses each session that its portal would end for idleness, and never submits a password. One that
 * has ended all the same is left to the next session where that can sign in by itself, else its login
 * is unlinked. Rejects while the database is away, without a try of the rest.
 */
export const keepSessionsAlive = async (
  deps: KeepAliveDeps,
  signal: AbortSignal,
): Promise<void> => {
  const idle: string[] = [];
  for (const carrierId of await carriersLinked(deps.store, deps.lane ?? REST)) {
    const minutes = deps.portals.carrier(carrierId)?.keepAliveMinutes;
    if (minutes !== undefined)
      idle.push(...(await idleSessions(deps.store, carrierId, usedBefore(minutes, deps.clock()))));
  }
  const lane = async (): Promise<void> => {
    for (let next = idle.shift(); next !== undefined && !signal.aborted; next = idle.shift())
      try {
        await keepOne(deps, next, signal);
      } catch (error) {
        if (signal.aborted || (await whyNoAnswer(deps.store.db)) !== undefined) {
          idle.length = 0;
          throw error;
        }
        deps.onError(error, next);
      }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
};

const keepOne = async (deps: KeepAliveDeps, sourceId: string, stop: AbortSignal): Promise<void> => {
  const { store } = deps;
  // Whatever is forced uses the session itself, and must not wait for us.
  if (await hasForced(store, sourceId)) return;
  const by = { holder: deps.holder, token: ulid(deps.clock()), jobId: 'keep-alive' };
  {
    await using held = await holdLease(store, sourceId, by, stop);
    if (held === undefined) return;
    await use(deps, held.lease, held.signal);
  }
  // What was forced meanwhile found the login in use.
  if (await hasForced(store, sourceId)) await deps.wake(sourceId, 'force');
};

const use = async (deps: KeepAliveDeps, lease: Lease, signal: AbortSignal): Promise<void> => {
  const { store, portals, show, changed } = deps;
  const { source } = lease;
  const facts = portals.carrier(source.carrierId);
  const kept = await keptState(deps, source.id);
  if (facts === undefined || !kept?.signedIn) return;
  await using portal = await portals.open(source, kept.state, signal);
  const found = await touch(portal);
  if (found.kind === 'alive') {
    await keepState(deps, lease, await portal.keep());
    await markUsed(store, lease);
    return;
  }
  // A portal that is down or in use may still have the session later.
  if (found.kind === 'failure' && REASONS[found.reason].status !== 'needs-link') return;
  const reason = found.kind === 'failure' ? found.reason : 'session-ended';
  await endState(store, lease);
  if (reason === 'session-ended' && (await maySignInByItself(deps, source.id, facts, true))) return;
  for (const requestId of (await unlink(store, lease, reason, {})) ?? []) await show(requestId);
  await changed(source.id);
};

const touch = async (portal: PortalSession): Promise<PortalResult<'alive' | 'ended'>> => {
  const resumed = await portal.resume();
  return resumed.kind === 'alive' && portal.keepAlive ? portal.keepAlive() : resumed;
};
