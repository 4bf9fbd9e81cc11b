import type { Store } from '#database/store.ts';
import type { MoveRule } from '#features/digest/movement.ts';
import type { Clock } from '#shared/clock.ts';
import { postDigest } from '#features/digest/digest.ts';
import type { DailyTask } from './heartbeat.ts';
import { warnOfLinks } from '#features/link-reminders/remind.ts';
import { instantOf } from '#shared/schedule.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { tidy } from './tidy.ts';
import type { Config } from './config.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';

export interface DayTaskDeps {
  config: Pick<Config, 'timeZone' | 'dayAt' | 'warnAt' | 'books' | 'digestChannel' | 'digestAt'>;
  store: Store;
  clock: Clock;
  wake: Wake;
  show: Show;
  rule: MoveRule;
}

/** What was lost before it is told with it; what is lost later is told at once. */
export const LINK_WARNINGS = 'link-warnings';

/** What the firm's day consists of, in the order in which it is done when all is due at once. */
export const dayTasks = ({ config, store, clock, show, rule }: DayTaskDeps): DailyTask[] => {
  const { timeZone: zone, dayAt, warnAt, books, digestChannel, digestAt } = config;
  return [
    {
      name: 'day',
      schedule: { zone, at: dayAt, days: 'every' },
      run: async (day) => {
        const startsAt = instantOf(day, dayAt, zone);
        await queueFirmsDay(store, { day, startsAt, openBooks: books === 'open' });
      },
    },
    {
      name: LINK_WARNINGS,
      schedule: { zone, at: warnAt, days: 'every' },
      run: async (day) => {
        await warnOfLinks({ store, clock, show, zone }, day);
      },
    },
    {
      name: 'tidy',
      schedule: { zone, at: '03:30', days: 'every' },
      run: () => tidy({ store, clock }),
    },
    ...(digestChannel === undefined
      ? []
      : [
          {
            name: 'digest',
            schedule: { zone, at: digestAt, days: 'business' as const },
            run: (day: string) => postDigest({ store, clock, show, rule }, digestChannel, day),
          },
        ]),
  ];
};
