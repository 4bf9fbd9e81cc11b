import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import type { Sealed } from '#database/sealed.ts';
import {
  giveCalendar,
  sealedCalendar,
  takeCalendar,
} from '#features/meetings/calendar/store/calendars.ts';
import { keepEvents } from '#features/meetings/calendar/store/events.ts';
import { openTestDatabase } from '#test/support/database.ts';

let db: Database;
let now: number;
const store = () => ({ db, clock: () => now });
beforeEach(async () => {
  db = await openTestDatabase();
  now = 1;
  const ana = { id: 'ana', name: 'Ana', role: 'advisor', slack_user_id: 'U0ANA' };
  await db.insertInto('person').values(ana).execute();
});
afterEach(() => db.destroy());

const SEALED: Sealed = { keyId: 'k', sealed: 'x' };
const give = () => giveCalendar(store(), 'ana', { zone: 'UTC', sealed: SEALED });
const LUNCH = [
  { key: 'e', series: 's', at: 9, title: 'Lunch', contacts: ['c'], kind: 'sure' as const },
];
const events = () => db.selectFrom('calendar_event').select(['title', 'state']).execute();

/** What a worker keeps that began to read the calendar as it is now. */
const beginToRead = async () => {
  const { addedAt } = (await sealedCalendar(store(), 'ana')) ?? {};
  return () => keepEvents(store(), 'ana', LUNCH, addedAt);
};

it('a calendar that is removed while it is read does not come back', async () => {
  await give();
  const keep = await beginToRead();
  await takeCalendar(store(), 'ana');
  await keep();
  expect(await events()).toEqual([]);
});

it('nor does what was read of it when another one was given since', async () => {
  await give();
  const keep = await beginToRead();
  await takeCalendar(store(), 'ana');
  now += 1;
  await give();
  await keep();
  expect(await events()).toEqual([]);
  await (
    await beginToRead()
  )();
  expect(await events()).toEqual([{ title: 'Lunch', state: 'sure' }]);
});
