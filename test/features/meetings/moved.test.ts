import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { keepMeetings } from '#features/meetings/steps.ts';
import { addMeeting, meetingById, moveMeeting } from '#features/meetings/store.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { insertPlainFirm } from '#test/support/scene-firm.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-18T17:00:00Z');
const SOON = NOW + 3 * HOUR;
const IN_A_WEEK = SOON + 7 * 24 * HOUR;

let db: Database;
let now: number;
const clock = (): number => now;
beforeEach(async () => {
  db = await openTestDatabase();
  now = NOW;
  await insertPlainFirm(db, NOW);
  await db.updateTable('login_link').set({ linked: 1 }).execute();
});
afterEach(() => db.destroy());

const timesOf = (at: number) => ({
  at,
  zone: 'UTC',
  warnAt: at - 20 * HOUR,
  refreshAt: at - 3 * HOUR,
  cutoffAt: at - HOUR / 2,
  warned: false,
});

/** A round of the sweep; `meanwhile` is done as soon as it tells anybody of what it did. */
const round = async (meanwhile: () => Promise<unknown> = () => Promise.resolve()) => {
  const told = async () => {
    await meanwhile();
    return true;
  };
  await keepMeetings({
    store: { db, clock },
    clock,
    show: told,
    wake: told,
    openBooks: true,
    mostForced: 9,
    log: (problem, error) => {
      throw new Error(problem, { cause: error });
    },
  });
};

const summaries = async () =>
  (await db.selectFrom('notification').select('id').where('kind', '=', 'meeting').execute()).length;

it.each([
  ['its refresh is asked for', NOW],
  ['its summary is told', SOON - HOUR / 2],
  ['it ends', SOON],
])('a meeting that is moved while %s begins anew at its time', async (_step, at) => {
  const store = { db, clock };
  const { id: contactId } = await db.selectFrom('contact').select('id').executeTakeFirstOrThrow();
  const id = await addMeeting(store, { ...timesOf(SOON), personId: 'dana', contactId });
  const stood = async () => {
    const meeting = await meetingById(store, id);
    const { next_at } = await db.selectFrom('meeting').select('next_at').executeTakeFirstOrThrow();
    return meeting && { ...meeting, next: next_at };
  };
  if (at > NOW) await round();
  if (at === SOON) {
    now = SOON - HOUR / 2;
    await round();
    await db.updateTable('sync').set({ status: 'failed', reason: 'carrier-down' }).execute();
  }
  now = at;
  await db.updateTable('meeting').set({ next_at: at }).execute();
  let moved = false;
  await round(async () => {
    if (!moved) moved = await moveMeeting(store, id, timesOf(IN_A_WEEK));
  });
  expect(moved).toBe(true);
  expect(await stood()).toMatchObject({
    at: IN_A_WEEK,
    ended: false,
    refreshedAt: null,
    cardAt: null,
    requestIds: [],
    next: IN_A_WEEK - 20 * HOUR,
  });
  const before = await summaries();
  now = IN_A_WEEK - 3 * HOUR;
  await round();
  now = IN_A_WEEK - HOUR / 2;
  await round();
  expect(await summaries()).toBe(before + 1);
});
