import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Store } from '#database/store.ts';
import { queueDayApart } from '#features/daily-sync/apart.ts';
import { queueLinked } from '#core/sessions/day-queue.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { beginDays } from '#test/support/begin-days.ts';
import { largeFirm, type LargeFirm } from '#test/bench/large-firm.ts';

const POLICIES = 6000;
const LOGINS = 240;

let firm: LargeFirm;
let store: Store;

beforeEach(async () => {
  firm = await largeFirm({ policies: POLICIES, logins: LOGINS, days: 2, requests: 10 });
  store = { db: firm.db, clock: () => firm.now };
  await nothingWaits();
});
afterEach(() => firm[Symbol.asyncDispose]());

const day = () => ({ day: '2026-11-18', startsAt: firm.now - 3_600_000, openBooks: true });
const queueDay = async (): Promise<number> =>
  (await queueFirmsDay(store, day())) + (await beginDays(store));
/** Every login is linked, and what waited for a link has ended. */
const nothingWaits = async (): Promise<void> => {
  await firm.db.updateTable('login_link').set({ linked: 1 }).execute();
  await firm.db
    .updateTable('sync')
    .set({ status: 'cancelled', finished_at: firm.now })
    .where('status', '=', 'queued')
    .execute();
};

/** Their policies are queued as the day begins. */
const unlinkAll = () => firm.db.updateTable('login_link').set({ linked: 0 }).execute();

const queued = async (): Promise<number> => {
  const { n } = await firm.db
    .selectFrom('sync')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('status', '=', 'queued')
    .executeTakeFirstOrThrow();
  return n;
};

/** Nine of ten policies are active. */
const ACTIVE = POLICIES * 0.9;

it('begins a day in a few statements for hundreds of logins, and writes no sync', async () => {
  firm.statements.length = 0;
  expect(await queueFirmsDay(store, day())).toBe(0);
  expect(firm.statements.length).toBeLessThan(POLICIES / 50);
  expect(await queued()).toBe(0);
});

it('queues the day of a login in a few statements for hundreds of policies', async () => {
  await firm.db.updateTable('policy').set({ home_source_id: 'source-00001' }).execute();
  await queueFirmsDay(store, day());
  firm.statements.length = 0;
  expect(await queueLinked(store, 'source-00001')).toBe(ACTIVE);
  expect(firm.statements.length).toBeLessThan(POLICIES / 8);
  expect(await queued()).toBe(ACTIVE);
  expect(await queueDay()).toBe(0);
});

it('queues a day at unlinked logins as it begins', async () => {
  await unlinkAll();
  firm.statements.length = 0;
  expect(await queueFirmsDay(store, day())).toBe(ACTIVE);
  expect(firm.statements.length).toBeLessThan(POLICIES / 8);
  expect(await queued()).toBe(ACTIVE);
  expect(await queueDay()).toBe(0);
});

it('finds a login for each policy without a home in a few statements for hundreds', async () => {
  await firm.db.updateTable('policy').set({ home_source_id: null }).execute();
  firm.statements.length = 0;
  expect(await queueFirmsDay(store, day())).toBe(ACTIVE);
  expect(firm.statements.length).toBeLessThan(POLICIES / 8);
  expect(await queued()).toBe(ACTIVE);
  expect(await beginDays(store)).toBe(0);
});

it('keeps the report as it was of what ended, while a day is queued', async () => {
  const report = () =>
    firm.db
      .selectFrom('policy_report')
      .select(['policy_id', 'last_status', 'last_reason', 'last_attempt_at', 'blocked_source_id'])
      .orderBy('policy_id')
      .execute();
  const before = await report();
  await queueDay();
  expect(await report()).toEqual(before);
});

it('queues a day beside the bot, which writes meanwhile and runs none of its statements', async () => {
  await unlinkAll();
  firm.statements.length = 0;
  const queueing = queueDayApart(store, day());
  let looks = 0;
  const inBetween = await vi.waitUntil(
    async () => {
      looks += 1;
      await firm.db
        .updateTable('person')
        .set({ name: `Name ${looks}` })
        .execute();
      return queued();
    },
    { timeout: 60_000, interval: 1 },
  );
  expect(inBetween).toBeLessThan(ACTIVE);
  expect(await queueing).toBe(ACTIVE);
  expect(await queued()).toBe(ACTIVE);
  // Which file it is, and what is written and counted here.
  expect(firm.statements.length).toBe(1 + 2 * looks + 1);
});

it('tells what went wrong beside the bot, and queues what is left when asked again', async () => {
  await unlinkAll();
  const rename = (from: string, to: string) =>
    firm.db.schema.alterTable(from).renameTo(to).execute();
  await rename('product_status', 'elsewhere');
  await expect(queueDayApart(store, day())).rejects.toThrow(/no such table/);
  await rename('elsewhere', 'product_status');
  expect(await queueDayApart(store, day())).toBe(ACTIVE);
});
