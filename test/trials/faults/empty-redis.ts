import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, randomOf, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { openRequests, untilAnswered } from './answers.ts';
import { startFaultFirm } from './firm.ts';
import { startLoad } from './load.ts';

const LONGEST_CALM_MS = 3000;

export const emptyRedis: Trial = {
  name: 'empty-redis',
  about: 'Redis is emptied in the middle of the work.',
  livesAnywhere: true,
  run: async ({ seed, short, say, where }) => {
    const figure = figuresOf('empty-redis');
    const random = randomOf(seed);
    const count = short ? 3 : 30;
    await using firm = await startFaultFirm({ where });
    await firm.startAll();
    const load = startLoad(firm, randomOf(seed + 1));
    let [slowest, open] = [0, 0];
    for (let round = 0; round < count; round += 1) {
      await sleep(random() * LONGEST_CALM_MS);
      const waiting = await openRequests(firm);
      await firm.redis.flush();
      const took = await untilAnswered(firm, waiting);
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
