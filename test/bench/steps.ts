import { stepsOfTidy, type Kept } from '#app/tidy.ts';
import type { Store } from '#database/store.ts';
import { sweepOf, tasksOf } from '#test/support/rounds.ts';
import type { LargeFirm } from './large-firm.ts';
import { storeOf, type Measure } from './measure.ts';

/** What of the firm's first day is just old enough to go, and of what Slack and webhooks were told. */
export const keptOf = (days: number): Kept => {
  const most = days - 1 / 4;
  return { syncs: most, cases: most, values: most, audit: most, events: Math.min(most, 30.75) };
};

/** Each night begins that much later in the first day, so that each has something to forget, ms. */
const LATER_MS = 20_000;

const tidyOf = (store: Store, days: number, later: number) =>
  stepsOfTidy(store, store.clock() + later, keptOf(days));
const dayOf = (store: Store) => tasksOf(store, keptOf(1));

const runNamed = async (
  steps: readonly { name: string; run: (day: string) => Promise<void> }[],
  name: string,
): Promise<void> => steps.find((step) => step.name === name)?.run('2026-11-18');

const namesOf = (steps: (store: Store) => readonly { name: string }[]): string[] =>
  // To be named a step asks nothing.
  steps({ db: undefined as never, clock: () => 0 }).map(({ name }) => name);

/** They have rows of their own: a task's steps, and the parts of a day. */
const APART = new Set(['tidy', 'day']);
/** The night and the morning have time; what counts is that nobody waits for one of their statements. */
const LONGEST: Readonly<Record<string, number>> = { digest: 50 };

/** Every step of the sweep, of the nightly tidying and of the day, by the lists that the bot has. */
export const stepMeasures = (): readonly Measure[] => [
  {
    name: 'the longest statement of the first round of the sweep',
    target: 10,
    longest: true,
    once: () => Promise.resolve(),
    run: async (firm: LargeFirm) => {
      for (const step of sweepOf(storeOf(firm))) await step.run();
    },
  },
  ...namesOf(sweepOf).map((name) => ({
    name: `the sweep's step: ${name}`,
    target: 10,
    run: (firm: LargeFirm) => runNamed(sweepOf(storeOf(firm)), name),
  })),
  ...namesOf((store) => tidyOf(store, 1, 0)).map((name) => ({
    name: `the longest statement of tidying ${name}`,
    target: 10,
    longest: true as const,
    run: (firm: LargeFirm, nth: number) =>
      runNamed(tidyOf(storeOf(firm), firm.days, (nth + 1) * LATER_MS), name),
  })),
  ...namesOf(dayOf)
    .filter((name) => !APART.has(name))
    .map((name) => ({
      name: `the longest statement of the day's task: ${name}`,
      target: LONGEST[name] ?? 10,
      longest: true as const,
      once: () => Promise.resolve(),
      run: (firm: LargeFirm) => runNamed(dayOf(storeOf(firm)), name),
    })),
];
