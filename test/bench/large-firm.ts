import { constants, rmSync } from 'node:fs';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
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
  /** Of the Postgres that it moved to from that file. */
  url?: string;
  policies: number;
  logins: number;
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

/** In KiB: what is written while the firm is made goes through no smaller cache. */
const CACHE = 512 * 1024;

/** An index that is made of all rows at once takes a part of what each of them costs in it. */
const withoutIndexes = (connection: BetterSqlite.Database, write: () => void): void => {
  const indexes = connection
    .prepare<[], { name: string; text: string }>(
      `select name, sql as text from sqlite_master
        where type = 'index' and sql is not null and tbl_name in ('sync', 'request_sync')`,
    )
    .all();
  for (const { name } of indexes) connection.exec(`drop index ${name}`);
  write();
  for (const { text } of indexes) connection.exec(text);
};

/** Writes the firm as the first release left it, and brings it up to date as an installation is. */
const writeFirm = async (file: string, size: Size, now: number): Promise<void> => {
  const connection = new BetterSqlite(file);
  // A file that is not finished is thrown away, so nothing is written twice for its sake.
  connection.pragma('journal_mode = OFF');
  connection.pragma('synchronous = OFF');
  connection.pragma(`cache_size = -${CACHE}`);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
  const migrate = async (steps: Record<string, Migration>): Promise<void> => {
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(steps) },
    }).migrateToLatest();
    if (error !== undefined) throw error;
  };
  const { '0001-start': start } = migrations;
  if (start === undefined) throw new Error('there is no first migration');
  await migrate({ '0001-start': start });
  connection.pragma('foreign_keys = OFF');
  withoutIndexes(connection, () => {
    for (const statement of statements(size, now)) connection.exec(statement);
  });
  connection.pragma('foreign_keys = ON');
  await migrate({ ...migrations });
  await db.destroy();
};

/** The file of a firm that nobody has open; each copy of it is a firm of its own. */
export interface FirmFile extends AsyncDisposable {
  copy: () => Promise<LargeFirm>;
}

const madeFolder = async (): Promise<{ folder: string; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'sync-bench-'));
  // Gigabytes are not left behind where the program breaks off.
  const atExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    folder,
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      process.off('exit', atExit);
    },
  };
};

const openFirm = async (
  file: string,
  { policies, logins }: Size,
  now: number,
  remove: () => Promise<void>,
): Promise<LargeFirm> => {
  const taken: number[] = [];
  const db = await openDatabase(file, (_text, ms) => void taken.push(ms));
  return {
    db,
    policies,
    logins,
    statements: taken,
    file,
    now,
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      await remove();
    },
  };
};

const NOW = Date.parse('2026-11-18T17:00:00Z');

/** A copy takes a moment where the file system shares pages; it is on the disk before anything is measured. */
const copyOf = async (file: string, copy: string): Promise<void> => {
  await copyFile(file, copy, constants.COPYFILE_FICLONE);
  await using written = await open(copy, 'r+');
  await written.sync();
};

/** Made once for several that each change a firm of this size. */
export const largeFirmFile = async (size: Size): Promise<FirmFile> => {
  const { folder, remove } = await madeFolder();
  const file = join(folder, 'firm.db');
  await writeFirm(file, size, NOW);
  return {
    copy: async () => {
      const own = await madeFolder();
      const copy = join(own.folder, 'firm.db');
      await copyOf(file, copy);
      return openFirm(copy, size, NOW, own.remove);
    },
    [Symbol.asyncDispose]: remove,
  };
};

/** A firm of this size after so many days. */
export const largeFirm = async (size: Size): Promise<LargeFirm> => {
  const { folder, remove } = await madeFolder();
  const file = join(folder, 'firm.db');
  await writeFirm(file, size, NOW);
  return openFirm(file, size, NOW, remove);
};
