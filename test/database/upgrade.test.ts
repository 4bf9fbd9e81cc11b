import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations } from '#db/migrations/index.ts';
import type { Step } from '#db/step.ts';
import { connectDatabase, openDatabase } from '#database/connection.ts';
import { migrateFile } from '#database/migrate.ts';
import { loadConfig } from '#app/config.ts';
import { examineDatabase } from '#cli/doctor/machine.ts';
import { openAt, serveFrom } from '#database/place.ts';
import { databaseVersion } from '#database/version.ts';

/** A SQLite file of an earlier release is brought up to date by whoever opens it. */

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  file = join(folder, 'firm.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const steps: Record<string, Step> = migrations;

/** As an earlier release left it, with a contact. */
const makeAt = async (newest: string): Promise<void> => {
  const db = new Kysely<unknown>({
    dialect: new SqliteDialect({ database: new BetterSqlite(file) }),
  });
  const known = Object.entries(steps).filter(([name]) => name <= newest);
  const provider = { getMigrations: () => Promise.resolve(Object.fromEntries(known)) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
  await sql`insert into contact (id, external_id, name, kind, search)
    values ('c1', 'C-1', 'Margaret Chen', 'individual', 'margaret chen')`.execute(db);
  await db.destroy();
};

it('once, by one of several that start at the same moment', async () => {
  await makeAt('0030-report-filters');
  const opened = await Promise.all([1, 2, 3].map(() => openDatabase(file)));
  for (const db of opened) {
    expect(await db.selectFrom('contact').select('name').execute()).toEqual([
      { name: 'Margaret Chen' },
    ]);
    await db.destroy();
  }
  expect(databaseVersion(file)).toMatchObject({ kind: 'current' });
});

it('and whoever starts is told before, as it takes its time', async () => {
  await makeAt('0030-report-filters');
  const told: string[][] = [];
  const start = async (): Promise<void> => {
    await using _ = await serveFrom(
      { databaseFile: file },
      {
        onUpgrade: (...versions) => {
          told.push([...versions, databaseVersion(file).kind]);
        },
      },
    );
  };
  await start();
  await start();
  expect(told).toEqual([['0030-report-filters', Object.keys(steps).toSorted().at(-1), 'behind']]);
});

it('by no command while a process of the old release has it open, as the doctor says', async () => {
  await makeAt('0055-sweeps');
  const old = connectDatabase(file);
  await old.selectFrom('contact').select('name').execute();
  await expect(openAt({ databaseFile: file })).rejects.toThrow(/Stop all of them, .* Nothing was/);
  expect(databaseVersion(file).kind).toBe('behind');
  expect(await examineDatabase(loadConfig({ DATABASE_FILE: file }))).toMatchObject({
    is: 'note',
    next: expect.stringMatching('^Stop every bot and worker of the old release'),
  });
  await old.destroy();
  await (await openAt({ databaseFile: file })).destroy();
  expect(databaseVersion(file).kind).toBe('current');
});

it('all of it or nothing: what breaks off leaves the earlier one', async () => {
  await makeAt('0030-report-filters');
  const before = databaseVersion(file);
  const broken: Step = {
    up: async (trx) => {
      await sql`create table half (id text)`.execute(trx);
      throw new Error('the power is cut');
    },
  };
  const db = connectDatabase(file);
  await expect(migrateFile(db, { ...steps, '9001-broken': broken })).rejects.toThrow(
    'the power is cut',
  );
  const { rows } = await sql`select name from sqlite_master
    where name in ('half', 'home_wish')`.execute(db);
  expect(rows).toEqual([]);
  await db.destroy();
  expect(databaseVersion(file)).toEqual(before);
  await (await openDatabase(file)).destroy();
  expect(databaseVersion(file)).toMatchObject({ kind: 'current' });
});

it('never by an earlier one: that says what to do, and changes nothing', async () => {
  await (await openDatabase(file)).destroy();
  const db = connectDatabase(file);
  await migrateFile(db, { ...steps, '9001-next': { up: () => Promise.resolve() } });
  await db.destroy();
  await expect(openDatabase(file)).rejects.toThrow(
    /newer release: its version is 9001-next.*Start the newer release\. .*swivel-sync restore/,
  );
  expect(databaseVersion(file)).toMatchObject({ kind: 'ahead', beside: false });
});
