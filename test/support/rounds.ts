import { randomBytes } from 'node:crypto';
import { loadConfig } from '#app/config.ts';
import { featuresOf } from '#app/features.ts';
import { stepsOfSweep, tasksOfDay } from '#app/rounds.ts';
import type { Kept } from '#app/tidy.ts';
import type { SweepDeps } from '#core/sessions/sweep.ts';
import type { Store } from '#database/store.ts';
import type { Step } from '#queue/every.ts';
import type { DailyTask } from '#shared/schedule.ts';
import type { SlackDeps } from '#slack/deps.ts';

const CONFIG = {
  ...loadConfig({}),
  digestChannel: 'CTEAM0001',
  operatorsChannel: 'CSUPPORT1',
  supportChannel: 'CSUPPORT1',
};
const FEATURES = featuresOf(CONFIG);
const queued = () => Promise.resolve(true);
const nothing = () => Promise.resolve();

/** A bot that no Slack and no browser is connected to: what its steps ask of the database is all they do. */
const depsOf = (store: Store) =>
  ({
    store,
    clock: store.clock,
    random: (bytes: number) => randomBytes(bytes),
    wake: queued,
    show: queued,
    tell: nothing,
    changed: nothing,
    openBooks: true,
    mostForced: CONFIG.mostForced,
    supportChannel: CONFIG.supportChannel,
    zone: CONFIG.timeZone,
    rule: { percent: CONFIG.digestMovePercent, minor: CONFIG.digestMoveAmount * 100 },
    teamId: 'T1',
    settings: { command: '/sync', threads: 'channel', publicUrl: undefined },
    roomForDaily: () => Promise.resolve(4),
    log: (problem: string, error?: unknown) => {
      throw new Error(problem, { cause: error });
    },
  }) as unknown as SlackDeps & Pick<SweepDeps, 'roomForDaily'>;

/** Each step of a round of the sweep, and each task of a day, by the lists that a bot has. */
export const sweepOf = (store: Store): Step[] => stepsOfSweep(FEATURES, depsOf(store));
export const tasksOf = (store: Store, kept: Kept): DailyTask[] =>
  tasksOfDay(FEATURES, depsOf(store), kept);
