import { constants, rmSync } from 'node:fs';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { migrations } from '#db/migrations/index.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { lifeOf } from './firm-life.ts';
import { newestOf, rowsOf, type Size } from './firm-rows.ts';

export interface LargeFirm extends AsyncDisposable {
  db: Database;
  file: string;
  /** Of the Postgres that it moved to from that file. */
  url?: string;
  policies: number;
  logins: number;
  days: number;
  /** The middle of a business day, epoch ms. */
  now: number;
  /** How long each statement took since this was emptied, ms. */
  statements: number[];
}

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

/** Writes most of the firm as the first release left it, and brings it up to date as an installation is. */
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
    for (const statement of rowsOf({ ...size, now })) connection.exec(statement);
  });
  for (const statement of newestOf({ ...size, now })) connection.exec(statement);
  await migrate({ ...migrations });
  for (const statement of lifeOf({ ...size, now })) connection.exec(statement);
  connection.pragma('foreign_keys = ON');
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
  { policies, logins, days }: Size,
  now: number,
  remove: () => Promise<void>,
): Promise<LargeFirm> => {
  const taken: number[] = [];
  const db = await openDatabase(file, (_text, ms) => void taken.push(ms));
  return {
    db,
    policies,
    logins,
    days,
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
