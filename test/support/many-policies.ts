import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from '#db/migrations/index.ts';
import { openDatabase, type Database } from '#database/connection.ts';

/** The middle of a business day, so that the calendar's cuts are the same in every run. */
export const NOW = Date.parse('2026-11-18T17:00:00Z');
const DAY = 24 * 60 * 60_000;

/** Each id is a pure function of the row's number `i`, and so is everything else: tests can count. */
const statements = (policies: number): string[] => {
  const contacts = Math.ceil(policies / 5);
  const numbers = (count: number): string =>
    `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${count})`;
  return [
    `insert into product_status values ('Active', 'open'), ('Surrendered', 'closed')`,
    `insert into carrier (id, name) values ('north', 'Northbridge Life'), ('meri', 'Meridian Annuity'),
      ('small', 'Small Mutual')`,
    `insert into person (id, slack_user_id, name, role) values
      ('manager', 'UMANAGER1', 'Mia Manager', 'manager'), ('support', 'USUPPORT1', 'Sam Support', 'support')`,
    `${numbers(100)} insert into person (id, slack_user_id, name, role)
      select printf('advisor-%03d', i), printf('UADV%05d', i), printf('Advisor %d', i), 'advisor' from n`,
    `${numbers(20)} insert into login_source (id, carrier_id, name, holder_id, linked)
      select printf('source-%02d', i), case when i % 2 = 0 then 'north' else 'meri' end,
        printf('Login %d', i), printf('advisor-%03d', i), i % 5 <> 0 from n`,
    `${numbers(contacts)} insert into contact (id, external_id, kind, name, search)
      select printf('contact-%06d', i), i, 'individual', printf('Person%d Family%d', i, i % 997),
        printf('person%d family%d', i, i % 997) from n`,
    `${numbers(contacts)} insert into book select printf('contact-%06d', i),
        printf('advisor-%03d', i % 100) from n`,
    `${numbers(policies)} insert into policy (id, external_id, contact_id, carrier_id, number, number_key,
        product_name, product_type, plan_type, product_class, status, updated_at)
      select printf('policy-%06d', i), i, printf('contact-%06d', i / 5),
        case when i % 1000 = 7 then 'small' when i % 2 = 0 then 'north' else 'meri' end,
        printf('%08d-%d', i * 37 % 100000000, i % 10), printf('%08d%d', i * 37 % 100000000, i % 10),
        'Harbor Select', 'Annuity', 'Variable', case when i % 4 = 0 then 'fixed' else 'variable' end,
        case when i % 10 = 9 then 'Surrendered' else 'Active' end, 0 from n`,
    // One in 20 was never tried, one in 25 is not found, one in 50 needs a link, the rest succeeded.
    `${numbers(policies)} insert into sync (id, policy_id, source_id, priority, status, reason,
        created_at, finished_at)
      select printf('sync-%06d', i), printf('policy-%06d', i), printf('source-%02d', i % 20), 100,
        case when i % 25 = 3 then 'not-found' when i % 50 = 10 then 'needs-link' else 'success' end,
        case when i % 25 = 3 then 'never-seen' when i % 50 = 10 then 'session-ended' when i % 100 = 21 then 'status-drift' else 'changed' end,
        ${NOW} - (i % 10) * ${DAY} - 1000, ${NOW} - (i % 10) * ${DAY} - i % 3600000
      from n where i % 20 <> 19`,
    `${numbers(policies)} insert into policy_value (id, policy_id, sync_id, name, minor, currency, as_of,
        observed_at)
      select printf('value-%06d', i), printf('policy-%06d', i), printf('sync-%06d', i), 'Account Value',
        i * 100, 'USD', date('2026-11-17', printf('-%d days', i % 10)), ${NOW}
      from n where i % 20 <> 19 and i % 25 <> 3 and i % 50 <> 10`,
  ];
};

/**
 * A firm of so many policies, made as they were before there was a report, and then brought up to
 * date as an installation is: 200,000 take some seconds.
 */
export const manyPolicies = async (
  policies: number,
): Promise<{ db: Database; file: string; [Symbol.asyncDispose]: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'sync-report-'));
  const file = join(folder, 'firm.db');
  const connection = new BetterSqlite(file);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = OFF');
  const before = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
  const { '0001-start': start } = migrations;
  if (start === undefined) throw new Error('there is no first migration');
  await new Migrator({
    db: before,
    provider: { getMigrations: () => Promise.resolve({ '0001-start': start }) },
  }).migrateToLatest();
  for (const statement of statements(policies)) connection.exec(statement);
  await before.destroy();
  const db = await openDatabase(file);
  return {
    db,
    file,
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
