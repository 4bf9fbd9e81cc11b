import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import { keepMeetings } from '#features/meetings/steps.ts';
import { cancelMeeting, setMeeting } from '#features/meetings/meeting.ts';
import { addMeeting, meetingById, meetingsOf, moveMeeting } from '#features/meetings/store.ts';
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

const planned = async (at: number): Promise<string> => {
  const { id: contactId } = await db.selectFrom('contact').select('id').executeTakeFirstOrThrow();
  return addMeeting({ db, clock }, { ...timesOf(at), personId: 'dana', contactId });
};

const deps = () => ({
  store: { db, clock },
  clock,
  show: () => Promise.resolve(),
  openBooks: true,
});
const DANA = { id: 'dana', role: 'advisor', active: true } as const;

it('a meeting that is moved to a time that stands already is that one', async () => {
  const id = await planned(SOON);
  const there = await planned(IN_A_WEEK);
  await round();
  const contactId = (await meetingById({ db, clock }, id))?.contactId ?? '';
  const asked = { contactId, at: IN_A_WEEK, zone: 'UTC', meetingId: id };
  expect(await setMeeting(deps(), DANA, asked)).toMatchObject({ kind: 'set', id: there });
  const left = await meetingsOf({ db, clock }, 'dana', 5);
  expect(left.map((meeting) => meeting.id)).toEqual([there]);
  // What waited of its refresh has ended with it.
  expect(await db.selectFrom('sync').select('status').execute()).toEqual([{ status: 'cancelled' }]);
});

/** Dana asks for the policy of the contact in the direct messages, where the cards of meetings are. */
const askByHand = async (key: string) => {
  const added = await addRequest(
    { db, clock },
    {
      personId: 'dana',
      origin: { askedIn: 'U0DANA', channel: 'U0DANA' },
      dedupeKey: key,
      items: [{ policyId: 'policy-0', sourceId: 'source' }],
      mostForced: 9,
    },
  );
  if (!('requestId' in added)) throw new Error('There were too many.');
  return added;
};

it.each(['before', 'after'])(
  'a meeting that is cancelled leaves what the person asked for %s its refresh',
  async (when) => {
    const id = await planned(SOON);
    if (when === 'after') await round();
    const own = await askByHand('by hand');
    if (when === 'before') await round();
    expect(own).toMatchObject({ already: false });
    expect(await meetingById({ db, clock }, id)).toMatchObject({
      requestIds: [expect.any(String)],
    });
    await cancelMeeting(deps(), DANA, id);
    const parts = await db
      .selectFrom('request_sync')
      .select(['request_id', 'cancelled_at'])
      .execute();
    expect(parts).toHaveLength(2);
    expect(parts.find(({ request_id }) => request_id === own.requestId)?.cancelled_at).toBeNull();
    expect(await db.selectFrom('sync').select('status').execute()).toEqual([{ status: 'queued' }]);
  },
);

it('what a person asks for twice is on their own card, whatever a meeting has asked for', async () => {
  await planned(SOON);
  await round();
  const { requestId } = await askByHand('by hand');
  expect(await askByHand('once more')).toMatchObject({ already: true, requestId });
});
