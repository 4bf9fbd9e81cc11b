import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { fileOf } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import { queueFirmsDay, type FirmsDay } from './queue-day.ts';

export interface Asked {
  file: string;
  day: FirmsDay;
  /** Epoch ms */
  now: number;
}

/**
 * Queues the firm's day in a thread with a connection of its own. A firm of 200,000 policies takes
 * the database for some twenty seconds of work, in which a bot that did it itself answered late.
 * Rejects with what went wrong there; asking again queues what is left.
 */
export const queueDayApart = async (store: Store, day: FirmsDay): Promise<number> => {
  const file = await fileOf(store.db);
  // A database in memory belongs to the thread that opened it; a server's waits block nobody.
  if (file === '') return queueFirmsDay(store, day);
  const thread = new Worker(new URL('./day-thread.ts', import.meta.url), {
    workerData: { file, day, now: store.clock() } satisfies Asked,
    env: {},
  });
  const ended = once(thread, 'exit');
  try {
    const [added] = (await Promise.race([
      once(thread, 'message'),
      ended.then(([code]) => {
        throw new Error(`The thread that queues the day ended with code ${code}`);
      }),
    ])) as [number];
    return added;
  } finally {
    await ended.catch(() => {});
  }
};
