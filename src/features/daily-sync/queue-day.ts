import { beginDay, beginDayOf, carriersInUse, sourcesInUse } from './store.ts';
import type { Store } from '#database/store.ts';
import type { Wake } from '#queue/sessions.ts';
import { fillRuns, fillHomeless, type Pause } from '#core/sessions/day-queue.ts';
import type { WorkDay } from '#core/sessions/store/background-runs.ts';
import { breathe } from '#shared/clock.ts';

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

/** Logins whose day begins together. */
const MOST_LOGINS = 100;

/**
 * The firm's day begins. A linked login has its policies queued by the session that reads them: made
 * for all logins at once, their rows cost half a minute in which every act waits. At an unlinked login
 * they are queued here and wait for the link, so that people see what depends on it; those that have
 * no home yet are too, where no login of their carrier is linked at the one that is likeliest to see
 * them. How many were queued here.
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
    const linked = await beginDayOf(store, sources);
    const unlinked = sources.filter((id) => !linked.has(id));
    added += await fillRuns(store, unlinked, day.day, pause);
    await pause();
    after = last;
  }
  for (const carrierId of await carriersInUse(store))
    added += await fillHomeless(store, carrierId, pause);
  return added;
};
