import { expect, it, vi } from 'vitest';
import { emptyRedis } from './faults/empty-redis.ts';
import { kills } from './faults/kills.ts';
import { steps } from './faults/steps.ts';
import type { Trial } from './trial.ts';

// Processes are started and killed; the limit only ends what hangs.
vi.setConfig({ testTimeout: 400_000 });

/** What went wrong, with what the trial said of it. How long it took is for the trial itself to judge. */
const wrongIn = async (trial: Trial) => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const figures = await trial.run({ seed: 20_261_128, short: true, say });
  const wrong = figures.filter(({ ok, unit }) => !ok && unit !== 's');
  return wrong.length === 0 ? [] : [...wrong, ...said];
};

it('loses, doubles and leaves nothing when worker, bot and Redis are killed', async () => {
  expect(await wrongIn(kills)).toEqual([]);
});

it('loses no act when its bot ends between two steps of it', async () => {
  expect(await wrongIn(steps)).toEqual([]);
});

it('rebuilds an emptied Redis with nothing lost or doubled', async () => {
  expect(await wrongIn(emptyRedis)).toEqual([]);
});
