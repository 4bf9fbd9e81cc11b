import { sweepSteps, type SweepDeps } from '#core/sessions/sweep.ts';
import { wipeDeletions, wipeLettersNext } from '#database/deletions.ts';
import type { Step } from '#queue/every.ts';
import type { DailyTask } from '#shared/schedule.ts';
import type { SlackDeps } from '#slack/deps.ts';
import type { Feature } from '#slack/feature.ts';
import { tellOwed } from '#slack/owed.ts';
import { allOf } from './features.ts';
import { tidyTask, type Kept } from './tidy.ts';

/** Every step of a round of the sweep, in their order. */
export const stepsOfSweep = (
  features: readonly Feature[],
  deps: SlackDeps & Pick<SweepDeps, 'roomForDaily'>,
): Step[] => [
  ...sweepSteps(deps),
  ...allOf(features, ({ sweep }) => sweep?.(deps)),
  { name: 'answers that are owed', run: () => tellOwed(deps) },
  {
    name: 'what was deleted of secrets',
    run: async () => {
      await wipeDeletions(deps.store);
    },
  },
];

/** Everything that is done once a day. */
export const tasksOfDay = (
  features: readonly Feature[],
  deps: SlackDeps,
  kept: Kept,
): DailyTask[] => [
  ...allOf(features, ({ daily }) => daily?.(deps)),
  tidyTask(deps, kept),
  {
    name: 'letters',
    schedule: { zone: deps.zone, at: '04:30', days: 'every' },
    run: () => wipeLettersNext(deps.store.db),
  },
];
