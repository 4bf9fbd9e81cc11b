import type { Feature } from '#slack/feature.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { lastDone } from '#database/task-runs.ts';
import { wallClock } from '#shared/schedule.ts';
import { tellOfLostLinks, warnOfLinks } from './remind.ts';
import { linkNotification } from './messages.ts';

/** What was lost before it is told with it; what is lost later is told at once. */
const LINK_WARNINGS = 'link-warnings';

export const linkReminders = ({ warnAt }: { warnAt: string }): Feature => ({
  daily: (deps) => [
    {
      name: LINK_WARNINGS,
      schedule: { zone: deps.zone, at: warnAt, days: 'every' },
      run: (day) => warnOfLinks(deps, day),
    },
  ],
  sweep: ({ store, show, clock, zone, log }) => [
    {
      name: 'lost links',
      run: async () => {
        const { day } = wallClock(clock(), zone);
        if ((await lastDone(store, LINK_WARNINGS, day)) === day)
          await tellOfLostLinks({ store, show, log });
      },
    },
  ],
  notifications: {
    'link-warning': ({ items }, { canLink }) => [linkNotification('link-warning', items, canLink)],
    'link-lost': ({ items }, { canLink }) => [linkNotification('link-lost', items, canLink)],
  } satisfies Partial<Drawings>,
});

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    /** Of a day, to a holder of logins. */
    'link-warning': { items: readonly LinkItem[] };
    /** To a holder, once for each time that logins lost their link by themselves. */
    'link-lost': { items: readonly LinkItem[] };
  }
}
