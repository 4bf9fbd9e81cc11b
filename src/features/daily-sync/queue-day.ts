import { beginDay, sourcesInUse } from './store.ts';
import type { Store } from '#database/store.ts';
import type { Wake } from '#queue/sessions.ts';
import { fillRuns, fillHomeless, type Pause } from '#core/sessions/day-queue.ts';
import type { WorkDay } from '#core/sessions/store/background-runs.ts';
import { dayQueued } from '#core/logins/store/link.ts';
import { wantingDay } from '#core/sessions/store/day-work.ts';
import { breathe } from '#shared/clock.ts';
import { carriersLinked } from '#core/sessions/store/idle-sessions.ts';

export interface DayDeps {
  store: Store;
  wake: Wake;
}

/** Queues a source's background work of one day (ISO date); asking twice adds nothing. */
export const queueDay = async (
  { store, wake }: DayDeps,
  sourceId: string,
  day: string,
): Promise<number> => {
  const added = await fillRuns(store, [sourceId], day);
  await wake(sourceId, 'daily');
  return added;
};

export type FirmsDay = WorkDay & { openBooks: boolean };

/** Logins whose day is queued together. */
const MOST_LOGINS = 100;

/**
 * The firm's day begins: every login's policies are queued, and those that have no home yet. At an
 * unlinked login they wait for the link, so that people see what depends on it.
 */
export const queueFirmsDay = async (
  store: Store,
  day: FirmsDay,
  pause: Pause = breathe,
): Promise<number> => {
  await beginDay(store, day);
  let added = 0;
  for (let after = ''; ;) {
    const sources = await sourcesInUse(store, after, MOST_LOGINS);
    const last = sources.at(-1);
    if (last === undefined) break;
    const wanted = await wantingDay(store, sources);
    added += await fillRuns(store, sources, day.day, pause);
    for (const { id, at } of wanted) await dayQueued(store.db, id, at);
    after = last;
  }
  for (const carrierId of await carriersLinked(store))
    added += await fillHomeless(store, carrierId, pause);
  return added;
};
