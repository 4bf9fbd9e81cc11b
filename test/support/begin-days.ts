import { queueLinked } from '#core/sessions/day-queue.ts';
import { sourcesWantingDay } from '#core/sessions/store/days-to-come.ts';
import type { Store } from '#database/store.ts';

/** Queues the day of each linked login, as the session that reads it does first; how many policies. */
export const beginDays = async (store: Store): Promise<number> => {
  let added = 0;
  for (const id of await sourcesWantingDay(store)) added += await queueLinked(store, id);
  return added;
};
