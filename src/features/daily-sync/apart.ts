import { fileOf } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import { openThread } from '#threads/thread.ts';
import { queueFirmsDay, type FirmsDay } from './queue-day.ts';

export interface Asked {
  file: string;
  day: FirmsDay;
  /** Epoch ms */
  now: number;
}

/**
 * Begins the firm's day in a thread with a connection of its own. Where most logins are unlinked, or
 * most policies have no home, it takes the database for many seconds, in which a bot that did it
 * itself answered late.
 * Rejects with what went wrong there; asking again queues what is left.
 */
export const queueDayApart = async (store: Store, day: FirmsDay): Promise<number> => {
  const file = await fileOf(store.db);
  // A database in memory belongs to the thread that opened it; a server's waits block nobody.
  if (file === '') return queueFirmsDay(store, day);
  await using thread = openThread<Asked, number>(new URL('./day-thread.ts', import.meta.url));
  return await thread.ask({ file, day, now: store.clock() });
};
