import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#database/connection.ts';
import { answerEach } from '#threads/answer-each.ts';
import type { Asked } from './apart.ts';
import { queueFirmsDay } from './queue-day.ts';

/** Runs in a thread of its own: queues a day, answers with how many syncs it added. */

/** Leaves the database to others for as long as the step before had it: an act's write comes between. */
const inTurns = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    await sleep(Math.max(1, performance.now() - since));
    since = performance.now();
  };
};

answerEach(async ({ file, day, now }: Asked): Promise<number> => {
  const db = await openDatabase(file);
  try {
    return await queueFirmsDay({ db, clock: () => now }, day, inTurns());
  } finally {
    await db.destroy();
  }
});
