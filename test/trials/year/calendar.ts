import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerDoubt } from '#features/meetings/calendar/plan.ts';
import { readCalendars } from '#features/meetings/calendar/read.ts';
import { giveCalendar, secretOf } from '#features/meetings/calendar/store/calendars.ts';
import { Secret } from '#shared/secret.ts';
import { calendarOfEvents } from '#test/support/calendar.ts';
import type { YearFirm } from './firm.ts';
import { nameOf } from './people.ts';

/** A calendar names one contact in full, and one by a last name alone: whom that means is answered once. */
export interface Calendar extends AsyncDisposable {
  giveTo: (firm: YearFirm, personId: string) => Promise<void>;
  read: (firm: YearFirm) => Promise<void>;
}

export const openCalendar = async (firstDay: string, first: number): Promise<Calendar> => {
  const weekly = { more: 'RRULE:FREQ=WEEKLY', start: `${firstDay.replaceAll('-', '')}T200000Z` };
  const text = calendarOfEvents([
    { ...weekly, title: `Review ${nameOf(first)}` },
    { ...weekly, title: `Lunch ${nameOf(first).split(' ').at(-1)}` },
  ]);
  const server = createServer((_, response) => void response.end(text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    giveTo: async ({ sealer, store }, personId) => {
      const sealed = await sealer.seal(new Secret(`http://${host}/dana.ics`), secretOf(personId));
      await giveCalendar(store, personId, { zone: 'America/New_York', sealed });
    },
    read: async ({ store, opener, bot }) => {
      const log = (problem: string, error?: unknown): void => {
        throw new Error(problem, { cause: error });
      };
      await readCalendars({ store, opener, hosts: [host], log }, new AbortController().signal);
      await bot.sweep();
      const asked = await store.db
        .selectFrom('calendar_event')
        .select(['key', 'person_id', 'contacts'])
        .where('state', '=', 'asked')
        .executeTakeFirst();
      if (asked === undefined) return;
      const [contact = null] = JSON.parse(asked.contacts) as string[];
      await answerDoubt(bot.deps, asked.person_id, { key: asked.key, contact });
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
};
