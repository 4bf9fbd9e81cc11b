import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, randomOf, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';
import { startLoad } from './load.ts';

const PATIENCE_MS = 120_000;
const LONGEST_CALM_MS = 3000;

/** Requests of people that are not answered yet. */
const openRequests = async ({ db }: FaultFirm): Promise<string[]> =>
  (
    await db
      .selectFrom('request')
      .select('id')
      .where((is) =>
        is.or([is('ended_at', 'is', null), is('shown_version', '<', is.ref('version'))]),
      )
      .execute()
  ).map(({ id }) => id);

/** How long until all that was open is answered, and background work is read again, ms. */
const rebuilt = async (firm: FaultFirm, open: readonly string[]): Promise<number> => {
  const began = performance.now();
  for (;;) {
    const still = await openRequests(firm);
    const took = performance.now() - began;
    if (!open.some((id) => still.includes(id)) || took > PATIENCE_MS) return took;
    await sleep(50);
  }
};

export const emptyRedis: Trial = {
  name: 'empty-redis',
  about: 'Redis is emptied in the middle of the work.',
  run: async ({ seed, short, say }) => {
    const figure = figuresOf('empty-redis');
    const random = randomOf(seed);
    const count = short ? 3 : 30;
    await using firm = await startFaultFirm();
    await Promise.all([firm.start('bot'), firm.start('worker')]);
    const load = startLoad(firm, randomOf(seed + 1));
    let [slowest, open] = [0, 0];
    for (let round = 0; round < count; round += 1) {
      await sleep(random() * LONGEST_CALM_MS);
      const waiting = await openRequests(firm);
      await firm.redis.flush();
      const took = await rebuilt(firm, waiting);
      slowest = Math.max(slowest, took);
      open += waiting.length;
      say(
        `emptied ${round + 1} of ${count}; ${waiting.length} requests went on in ${Math.round(took)} ms`,
      );
    }
    await load.stop();
    return [
      figure('emptied', count, 'times', '=', count),
      figure('requests open at those moments', open, 'requests', '>=', 1),
      figure('slowest rebuild', Number((slowest / 1000).toFixed(1)), 's', '<=', 30),
      ...(await accountOf(firm, load, figure, say)),
    ];
  },
};
