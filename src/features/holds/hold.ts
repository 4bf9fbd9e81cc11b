import type { Actor } from '#shared/access.ts';
import type { Clock } from '#shared/clock.ts';
import { sourceFor, type LoginSource, type LoginSourceStore } from '#core/logins/login-sources.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';

const MINUTE = 60_000;
export const USUAL_HOLD = 30 * MINUTE;
const LONGEST_HOLD = 12 * 60 * MINUTE;

export interface HoldStore {
  /** Nothing of this login is read until then; the requests to show it to. */
  holdSource: (id: string, until: number, byId: string) => Promise<readonly string[]>;
  /** Undefined when it was not on hold; `byId` is undefined when its time has come. */
  endHold: (id: string, byId: string | undefined) => Promise<readonly string[] | undefined>;
  /** Logins whose hold is over and not yet ended. */
  holdsOver: () => Promise<readonly string[]>;
}

interface Deps {
  store: HoldStore & Pick<LoginSourceStore, 'loginSource'>;
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
  for (const requestId of await store.holdSource(sourceId, until, actor.id)) await show(requestId);
  // A session that gave way keeps its context warm: waking it closes that too.
  await wake(sourceId, 'force');
  return store.loginSource(sourceId);
};

/** The person is done early. */
export const endHold = async (
  { store, show, wake }: Deps,
  actor: Actor,
  sourceId: string,
): Promise<LoginSource | undefined> => {
  const source = await sourceFor({ store }, actor, 'source.hold', sourceId);
  if (source === undefined) return undefined;
  const requests = await store.endHold(sourceId, actor.id);
  if (requests !== undefined) {
    await wake(sourceId, 'force');
    for (const requestId of requests) await show(requestId);
  }
  return store.loginSource(sourceId);
};

/** Ends the holds whose time is over; the sweeper then wakes what waited. */
export const sweepHolds = async ({
  store,
  show,
}: {
  store: HoldStore;
  show: Show;
}): Promise<void> => {
  for (const sourceId of await store.holdsOver())
    for (const requestId of (await store.endHold(sourceId, undefined)) ?? []) await show(requestId);
};
