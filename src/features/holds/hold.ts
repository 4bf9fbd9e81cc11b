import { insertHold, clearHold } from './store.ts';
import { holdsOver, shortenHolds } from '#core/logins/store/hold.ts';
import { loginSource, type LoginSource } from '#core/logins/store/login-sources.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { type Clock, HOUR, MINUTE } from '#shared/clock.ts';
import { sourceFor } from '#core/logins/login-sources.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';

export const USUAL_HOLD = 30 * MINUTE;
export const LONGEST_HOLD = 12 * HOUR;

interface Deps {
  store: Store;
  clock: Clock;
  show: Show;
  wake: Wake;
}

/**
 * "I'm in the portal": a running session stops at the next policy, its browser context closes, and
 * what is queued waits. It goes on by itself when the time is over.
 */
export const holdSource = async (
  { store, clock, show, wake }: Deps,
  actor: Actor,
  sourceId: string,
  forMs: number,
): Promise<LoginSource | undefined> => {
  const source = await sourceFor({ store }, actor, 'source.hold', sourceId);
  if (source === undefined) return undefined;
  const until = clock() + Math.min(Math.max(forMs, MINUTE), LONGEST_HOLD);
  for (const requestId of await insertHold(store, sourceId, until, actor.id)) await show(requestId);
  // A session that gave way keeps its context warm: waking it closes that too.
  await wake(sourceId, 'force');
  return loginSource(store, sourceId);
};

/** The person is done early. */
export const endHold = async (
  { store, show, wake }: Deps,
  actor: Actor,
  sourceId: string,
): Promise<LoginSource | undefined> => {
  const source = await sourceFor({ store }, actor, 'source.hold', sourceId);
  if (source === undefined) return undefined;
  const requests = await clearHold(store, sourceId, actor.id);
  if (requests !== undefined) {
    await wake(sourceId, 'force');
    for (const requestId of requests) await show(requestId);
  }
  return loginSource(store, sourceId);
};

/** Ends the holds whose time is over; the sweeper then wakes what waited. */
export const sweepHolds = async ({
  store,
  clock,
  show,
}: {
  store: Store;
  clock: Clock;
  show: Show;
}): Promise<void> => {
  await shortenHolds(store.db, clock(), LONGEST_HOLD);
  for (const sourceId of await holdsOver(store.db, clock()))
    for (const requestId of (await clearHold(store, sourceId, undefined)) ?? [])
      await show(requestId);
};
