import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '#database/connection.ts';
import type { Asked } from './apart.ts';
import { queueFirmsDay } from './queue-day.ts';

/** Runs in a thread of its own: queues one day, answers once with how many syncs it added. */

/** Leaves the database to others for as long as the step before had it: an act's write comes between. */
const inTurns = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    await sleep(Math.max(1, performance.now() - since));
    since = performance.now();
  };
};

const { file, day, now } = workerData as Asked;
const db = await openDatabase(file);
try {
  parentPort?.postMessage(await queueFirmsDay({ db, clock: () => now }, day, inTurns()));
} finally {
  await db.destroy();
}
