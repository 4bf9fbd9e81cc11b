import { expect, it } from 'vitest';
import { ON_POSTGRES } from '#test/support/where.ts';
import { emptyRedis } from './faults/empty-redis.ts';
import { interleavings } from './interleavings.ts';
import type { Trial } from './trial.ts';

/** The other trials that live anywhere take a minute or more each with five processes: `npm run trials -- --on postgres` runs all of them. */

/** What went wrong, with what the trial said of it. How long it took is for the trial itself to judge. */
const wrongIn = async (trial: Trial) => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const figures = await trial.run({ seed: 20_261_128, short: true, where: ON_POSTGRES, say });
  const wrong = figures.filter(({ ok, unit }) => !ok && unit !== 's');
  return wrong.length === 0 ? [] : [...wrong, ...said];
};

// Five processes are started; the limit only ends what hangs.
it('two bots and three workers rebuild an emptied Redis', { timeout: 400_000 }, async () => {
  expect(await wrongIn(emptyRedis)).toEqual([]);
});

it('two bots and three workers act in any order', { timeout: 400_000 }, async () => {
  expect(await wrongIn(interleavings)).toEqual([]);
});
