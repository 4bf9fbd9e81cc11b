import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { newestRecords } from '#core/policies/store/values.ts';
import { reportCuts } from '#core/policies/report-rules.ts';
import { moveTo } from '#database/move.ts';
import { openPostgres, SERVING } from '#database/postgres.ts';
import { digestFacts } from '#features/digest/store/facts.ts';
import { newPostgres } from '#test/support/database.ts';
import { manyPolicies, NOW } from '#test/support/many-policies.ts';

/** What Postgres does for a firm that was just carried over, before it has counted anything by itself. */

const POLICIES = 20_000;
const DAY = 24 * 60 * 60_000;

let stack: AsyncDisposableStack;
let db: Database;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const many = stack.use(await manyPolicies(POLICIES));
  await many.db.destroy();
  const url = await newPostgres();
  const to = await openPostgres({ url, connections: 1 });
  await moveTo(many.file, to, 'Postgres', () => undefined);
  await to.destroy();
  db = stack.adopt(await openPostgres({ url, connections: 1, limits: SERVING }), (opened) =>
    opened.destroy(),
  );
});
afterAll(() => stack.disposeAsync());

/** How often the whole table of values was read until now. */
const wholeReads = async (): Promise<number> => {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ n: number }>`select seq_scan as n from pg_stat_user_tables
    where relname = 'policy_value'`.execute(db);
  return rows[0]?.n ?? NaN;
};

const readsOf = async (act: () => Promise<unknown>): Promise<number> => {
  const before = await wholeReads();
  await act();
  return (await wholeReads()) - before;
};

it('who opens it first has its rows counted', async () => {
  const { rows } = await sql<{ name: string; n: number }>`select relname as name, reltuples as n
    from pg_class where relname in ('policy', 'policy_value', 'sync') order by relname`.execute(db);
  expect(rows.map(({ name, n }) => [name, n > 1000])).toEqual([
    ['policy', true],
    ['policy_value', true],
    ['sync', true],
  ]);
});

it('a digest of the whole firm looks for the values of each policy, and reads no table of them', async () => {
  const digest = () => digestFacts(db, { kind: 'all' }, reportCuts(NOW), NOW - 8 * DAY);
  expect(await readsOf(digest)).toBe(0);
});

it('so does a card of forty policies', async () => {
  const forty = Array.from({ length: 40 }, (_, nth) => `policy-${String(nth).padStart(6, '0')}`);
  expect(await readsOf(() => newestRecords(db, forty, 1))).toBe(0);
});
