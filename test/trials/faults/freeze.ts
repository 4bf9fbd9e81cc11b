import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, randomOf, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';
import { startLoad } from './load.ts';
import type { TakenStep } from './portal-server.ts';

const WORKERS = ['first', 'second'] as const;
const PATIENCE_MS = 180_000;
const LONGEST_LIFE_MS = 2000;
const LONGEST_MORE_MS = 3000;

const stepThat = async (
  { portals }: FaultFirm,
  what: string,
  that: (step: TakenStep) => boolean,
): Promise<TakenStep> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const step = portals.steps.findLast(that);
    if (step !== undefined) return step;
    if (performance.now() > deadline) throw new Error(`Nobody came to ${what}.`);
    await sleep(5);
  }
};

export const freeze: Trial = {
  name: 'freeze',
  about: 'A worker is stopped past every lock, and goes on when another has taken its place.',
  run: async ({ seed, short, say }) => {
    const figure = figuresOf('freeze');
    const random = randomOf(seed);
    const count = short ? 1 : 10;
    await using firm = await startFaultFirm();
    await Promise.all(['bot', ...WORKERS].map((name) => firm.start(name)));
    const load = startLoad(firm, randomOf(seed + 1));
    let slowest = 0;
    for (let round = 0; round < count; round += 1) {
      const name = WORKERS[round % 2] ?? 'first';
      await sleep(random() * LONGEST_LIFE_MS);
      const begun = performance.now();
      const held = await stepThat(
        firm,
        'a portal',
        (step) => step.worker === name && step.step === 'read' && step.at > begun,
      );
      const child = firm.children.get(name);
      child?.freeze();
      const frozenAt = performance.now();
      const taken = await stepThat(
        firm,
        'the frozen login',
        (step) => step.worker !== name && step.source === held.source && step.at > frozenAt,
      );
      slowest = Math.max(slowest, taken.at - frozenAt);
      await sleep(random() * LONGEST_MORE_MS);
      const thawedAt = performance.now();
      child?.thaw();
      await stepThat(
        firm,
        'work after the thaw',
        (step) => step.worker === name && step.at > thawedAt,
      );
      say(
        `frozen ${round + 1} of ${count}; its login was taken over after ${Math.round(taken.at - frozenAt)} ms`,
      );
    }
    await load.stop();
    return [
      figure('freezes', count, 'freezes', '=', count),
      figure('slowest take-over of a login', Number((slowest / 1000).toFixed(1)), 's', '<=', 30),
      ...(await accountOf(firm, load, figure, say)),
    ];
  },
};
