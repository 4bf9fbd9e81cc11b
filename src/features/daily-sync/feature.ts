import type { Feature } from '#slack/feature.ts';
import { instantOf } from '#shared/schedule.ts';
import { queueDayApart } from './apart.ts';

/** The background work of a day begins at its hour: "02:00", by the firm's clock. */
export const dailySync = ({ dayAt }: { dayAt: string }): Feature => ({
  daily: ({ store, zone, openBooks }) => [
    {
      name: 'day',
      schedule: { zone, at: dayAt, days: 'every' },
      run: async (day) => {
        await queueDayApart(store, { day, startsAt: instantOf(day, dayAt, zone), openBooks });
      },
    },
  ],
});
