import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from '#db/migrations/index.ts';
import { openDatabase, type Database } from '#database/connection.ts';

export interface Size {
  policies: number;
  /** One for five policies, if it is not said. */
  contacts?: number;
  /** Names of syllables, as people's are, of which many share parts; "Person7 Family7" if it is not said. */
  spoken?: true;
  logins: number;
  /** Each of them read every policy once. */
  days: number;
  /** Ended requests of one policy each, a day. */
  requests: number;
}

export interface LargeFirm extends AsyncDisposable {
  db: Database;
  file: string;
  policies: number;
  /** The middle of a business day, epoch ms. */
  now: number;
  /** How long each statement took since this was emptied, ms. */
  statements: number[];
}

const DAY = 86_400_000;
export const CARRIERS = 12;
const ADVISORS = 500;

const NUMBERED = `printf('Person%d Family%d', i, i % 997)`;
const SYLLABLES = 'an belcorda el fi gehaisojokalumarnorpaquirosateuriviwenyaz';
/** One of 19 parts of the text above; `by` draws it from the number of the contact. */
const syllable = (by: number): string =>
  `trim(substr('${SYLLABLES}', 1 + 3 * (i * ${by} / 64 % 19), 3))`;
const SPOKEN = `${syllable(37)} || ${syllable(101)} || ' ' || ${syllable(59)} || ${syllable(211)} || ${syllable(17)}`;

const statements = (
  { policies, contacts = Math.ceil(policies / 5), spoken, logins, days, requests }: Size,
  now: number,
): string[] => {
  const numbers = (count: number): string =>
    `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${count})`;
  /** The login that is the home of policy `i`: one of its carrier. */
  const home = `printf('source-%05d', (i % ${CARRIERS}) + ${CARRIERS} * (i / ${CARRIERS} % ${Math.floor(logins / CARRIERS)}))`;
  return [
    `insert into product_status values ('Active', 'open'), ('Surrendered', 'closed')`,
    `${numbers(CARRIERS)} insert into carrier (id, name)
      select printf('carrier-%02d', i), printf('Carrier %d', i) from n`,
    `${numbers(ADVISORS)} insert into person (id, slack_user_id, name, role)
      select printf('advisor-%03d', i), printf('UADV%05d', i), printf('Advisor %d', i), 'advisor' from n`,
    `${numbers(logins)} insert into login_source (id, carrier_id, name, holder_id, linked)
      select printf('source-%05d', i), printf('carrier-%02d', i % ${CARRIERS}), printf('Login %d', i),
        printf('advisor-%03d', i % ${ADVISORS}), 1 from n`,
    `${numbers(contacts)}, named (i, name) as (select i, ${spoken === true ? SPOKEN : NUMBERED} from n)
      insert into contact (id, external_id, kind, name, search)
      select printf('contact-%06d', i), i, 'individual', name, lower(name) from named`,
    `${numbers(contacts)} insert into book select printf('contact-%06d', i),
        printf('advisor-%03d', i % ${ADVISORS}) from n`,
    `${numbers(policies)} insert into policy (id, external_id, contact_id, carrier_id, number,
        number_key, product_name, product_type, plan_type, product_class, status, home_source_id,
        updated_at)
      select printf('policy-%06d', i), i, printf('contact-%06d', i / 5),
        printf('carrier-%02d', i % ${CARRIERS}), printf('%08d-%d', i * 37 % 100000000, i % 10),
        printf('%08d%d', i * 37 % 100000000, i % 10), 'Harbor Select', 'Annuity', 'Variable',
        'variable', case when i % 10 = 9 then 'Surrendered' else 'Active' end, ${home}, 0 from n`,
    ...Array.from({ length: days }, (_, day) => {
      const at = now - (days - day) * DAY;
      return `${numbers(policies)} insert into sync (id, policy_id, source_id, priority, status,
          reason, created_at, started_at, finished_at)
        select printf('sync-%03d-%06d', ${day}, i), printf('policy-%06d', i), ${home}, 100,
          case when i % 25 = 3 then 'not-found' else 'success' end,
          case when i % 25 = 3 then 'never-seen' else 'unchanged' end,
          ${at}, ${at} + i, ${at} + i + 2000 from n where i % 10 <> 9`;
    }),
    ...Array.from({ length: days }, (_, day) => {
      const at = now - (days - day) * DAY;
      return `${numbers(requests)} insert into request (id, person_id, kind, policy_id, asked_in,
          channel, created_at, ended_at, version, shown_version)
        select printf('request-%03d-%06d', ${day}, i), printf('advisor-%03d', i % ${ADVISORS}),
          'policy', printf('policy-%06d', i * 10), 'C1', 'C1', ${at}, ${at} + 5000, 3, 3 from n`;
    }),
    ...Array.from(
      { length: days },
      (_, day) => `${numbers(requests)} insert into request_sync
        select printf('request-%03d-%06d', ${day}, i), printf('sync-%03d-%06d', ${day}, i * 10), null
        from n where i * 10 % 10 <> 9`,
    ),
    `${numbers(policies)} insert into policy_value (id, policy_id, sync_id, name, minor, currency,
        as_of, observed_at)
      select printf('value-%06d', i), printf('policy-%06d', i), printf('sync-000-%06d', i),
        'Account Value', i * 100, 'USD', '2026-11-17', ${now} from n where i % 10 <> 9`,
    `${numbers(policies)} insert into source_policy (source_id, policy_id, last_success_at)
      select ${home}, printf('policy-%06d', i), ${now - DAY} from n where i % 10 <> 9`,
  ];
};

/** A firm of this size after so many days, brought up to date as an installation is. */
export const largeFirm = async (size: Size): Promise<LargeFirm> => {
  const now = Date.parse('2026-11-18T17:00:00Z');
  const folder = await mkdtemp(join(tmpdir(), 'sync-bench-'));
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
  for (const statement of statements(size, now)) connection.exec(statement);
  await before.destroy();
  const taken: number[] = [];
  const db = await openDatabase(file, (_text, ms) => void taken.push(ms));
  return {
    db,
    policies: size.policies,
    statements: taken,
    file,
    now,
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
