import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runImport } from '#cli/import.ts';
import { runMoveTo } from '#cli/move-to.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { moveTo } from '#database/move.ts';
import { openAt } from '#database/place.ts';
import { openPostgres } from '#database/postgres.ts';
import { claimDatabase } from '#database/serving.ts';
import { Secret } from '#shared/secret.ts';
import { SEED } from '#simulator/firm.ts';
import { newPostgres } from '#test/support/database.ts';

/** A firm goes from its SQLite file to a Postgres. */

let folder: string;
let file: string;
let said: string[];
const print = (line: string): void => void said.push(line);
const files = ['statuses', 'people', 'contacts', 'sources', 'policies'].map((name) =>
  join(SEED, `${name}.csv`),
);
const here = () => loadConfig({ DATA_DIR: folder, DATABASE_FILE: file });
const there = (url: string) => loadConfig({ DATA_DIR: folder, DATABASE_URL: url });

beforeEach(async () => {
  said = [];
  folder = mkdtempSync(join(tmpdir(), 'move-'));
  file = join(folder, 'firm.db');
  await runImport({ config: here(), print: () => undefined }, files);
  const db = await openDatabase(file);
  await claimDatabase(db, { teamId: 'T1', local: false });
  await sql`insert into webhook_event (id, type, subject_id, policy_id, created_at)
    values ('evt_00000000000000ff0123456789ab', 'sync.finished', 's', 'p', 1)`.execute(db);
  await db.destroy();
});
afterEach(() => rmSync(folder, { recursive: true }));

const contents = async (db: Database, table: string): Promise<string[]> => {
  const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
    db,
  );
  return rows
    .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .toSorted();
};

const TABLES = ['person', 'contact', 'policy', 'policy_report', 'login_source', 'book', 'audit'];

it('all of it is there afterwards, and the old one is left and marked', async () => {
  const url = await newPostgres();
  expect(await runMoveTo({ config: here(), print }, { written: url })).toBe(0);
  expect(said).toContainEqual(expect.stringMatching(/^policy +200 rows carried, the same on both/));

  const [from, to] = [await openDatabase(file), await openAt(there(url))];
  for (const table of TABLES) {
    const rows = await contents(from, table);
    expect(rows.length).toBeGreaterThan(0);
    expect(await contents(to, table)).toEqual(rows);
  }
  expect(await verifyAudit(to)).toMatchObject({ kind: 'whole' });
  await claimDatabase(to, { teamId: 'T1', local: false });
  const { rows } = await sql<{
    next: number;
  }>`select nextval('webhook_event_order') as next`.execute(to);
  expect(rows).toEqual([{ next: 256 }]);
  await Promise.all([from.destroy(), to.destroy()]);

  // Triggers and counters work on: a file may bring more, and brings nothing twice.
  await runImport({ config: there(url), print }, files);
  expect(said).toContain('Nothing changed: all of this was here already.');
  await expect(openAt(here())).rejects.toThrow('This firm moved to Postgres 127.0.0.1');
  said = [];
  expect(await runMoveTo({ config: here(), print }, { written: url })).toBe(1);
  expect(said[0]).toContain('already');
});

it('one that broke off serves nobody, and goes on with what is the same still', async () => {
  const url = await newPostgres();
  const to = await openPostgres({ url, connections: 2 });
  const broken = moveTo(file, to, 'Postgres', ({ table }) => {
    if (table === 'policy') throw new Error('the machine stopped');
  });
  await expect(broken).rejects.toThrow('the machine stopped');
  await to.destroy();
  await expect(openAt(there(url))).rejects.toThrow('has not come to its end');

  // Meanwhile the firm goes on where it was, in a table that was carried.
  const from = await openAt(here());
  await from.updateTable('policy').set({ product_name: 'Renamed' }).execute();
  await from.destroy();
  expect(await runMoveTo({ config: here(), print }, { written: url })).toBe(0);
  expect(said).toContainEqual(expect.stringMatching(/^person .* there already/));
  expect(said).toContainEqual(expect.stringMatching(/^policy +200 rows carried/));
  const db = await openAt(there(url));
  expect(await contents(db, 'policy')).toHaveLength(200);
  expect((await contents(db, 'policy')).every((row) => row.includes('Renamed'))).toBe(true);
  await db.destroy();
});

/** Runs on each of them, by SQL of its own. */
const onFile = (text: string): void => {
  const opened = new BetterSqlite(file);
  opened.exec(text);
  opened.close();
};
const onServer = async (url: string, text: string): Promise<void> => {
  const client = new Client(url);
  await client.connect();
  await client.query(text);
  await client.end();
};

it('one whose old disk is full at its end leaves nobody two firms, and goes on', async () => {
  const url = await newPostgres();
  onFile(`create trigger full before insert on serving begin
    select raise(abort, 'the disk is full'); end`);
  const broken = runMoveTo({ config: here(), print }, { written: url });
  await expect(broken).rejects.toThrow('the disk is full');
  await expect(openAt(there(url))).rejects.toThrow('has not come to its end');
  onFile('drop trigger full');
  expect(await runMoveTo({ config: here(), print }, { written: url })).toBe(0);
  await expect(openAt(here())).rejects.toThrow('This firm moved to');
});

it('one that broke off once its file was marked goes on, and to nowhere else', async () => {
  const url = await newPostgres();
  await onServer(
    url,
    `create function stop() returns trigger language plpgsql as
      $$ begin raise exception 'the machine stopped'; end $$;
    create trigger stop before delete on serving execute function stop()`,
  );
  const broken = runMoveTo({ config: here(), print }, { written: url });
  await expect(broken).rejects.toThrow('the machine stopped');
  await expect(openAt(here())).rejects.toThrow('run the same again');
  await expect(openAt(there(url))).rejects.toThrow('Run the same swivel-sync move-to again');
  expect(await runMoveTo({ config: here(), print }, { written: await newPostgres() })).toBe(1);
  expect(said.at(-1)).toContain('already');

  await onServer(url, 'drop trigger stop on serving');
  expect(await runMoveTo({ config: here(), print }, { written: url })).toBe(0);
  const db = await openAt(there(url));
  expect(await contents(db, 'policy')).toHaveLength(200);
  expect(await contents(db, 'serving')).toEqual([expect.stringContaining('"T1"')]);
  await db.destroy();
});

it('a firm goes into no database that has a firm, and out of none that a bot has open', async () => {
  const url = await newPostgres();
  const to = await openPostgres({ url, connections: 1 });
  await to.insertInto('person').values({ id: 'x', name: 'X', role: 'owner' }).execute();
  await to.destroy();
  expect(await runMoveTo({ config: here(), print }, { written: url })).toBe(1);
  expect(said[0]).toContain('holds a firm already');
  const open = await openDatabase(file);
  said = [];
  expect(await runMoveTo({ config: here(), print }, { written: await newPostgres() })).toBe(1);
  expect(said[0]).toContain('is open in a bot');
  await open.destroy();
});

/** A user of the server who must give a password, unlike the others. */
const withPassword = async (url: string): Promise<URL> => {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<{ file: string; name: string }>(
    `select current_setting('hba_file') as file, current_database() as name`,
  );
  const [{ file, name } = { file: '', name: '' }] = rows;
  const owner = `owner_of_${name}`;
  await client.query(`create role ${owner} superuser login password 'h@sh:hush'`);
  const rules = readFileSync(file, 'utf8');
  writeFileSync(file, `host all ${owner} 127.0.0.1/32 scram-sha-256\n${rules}`);
  await client.query('select pg_reload_conf()');
  await client.end();
  const locked = new URL(url);
  locked.username = owner;
  return locked;
};

it.each(['postgres://swivel:hush@127.0.0.1:5432/x', 'postgres://127.0.0.1/x?password=hush'])(
  'a password in the words of the command is not used, and what to do instead is said: %s',
  async (written) => {
    expect(await runMoveTo({ config: here(), print }, { written })).toBe(1);
    expect(said.join()).toMatch(/PGPASSWORD or ~\/\.pgpass.*--password.*MOVE_TO_URL/);
    expect(said.join()).not.toContain('hush');
  },
);

it('the password comes from MOVE_TO_URL, or from who is asked, and is not printed', async () => {
  const url = await withPassword(await newPostgres());
  await expect
    .poll(async () => {
      said = [];
      await runMoveTo({ config: here(), print }, { written: url.href });
      return said.join();
    })
    .toContain('It wants a password: put it into PGPASSWORD');
  said = [];
  const wrong = () => Promise.resolve(new Secret('wrong'));
  expect(
    await runMoveTo({ config: here(), print }, { written: url.href, askPassword: wrong }),
  ).toBe(1);
  expect(said.join()).toContain('password authentication failed');

  const asked = () => Promise.resolve(new Secret('h@sh:hush'));
  expect(
    await runMoveTo({ config: here(), print }, { written: url.href, askPassword: asked }),
  ).toBe(0);
  url.password = encodeURIComponent('h@sh:hush');
  const given = new Secret(url.href);
  expect(await runMoveTo({ config: here(), print }, { given })).toBe(1);
  expect(said.at(-1)).toContain('already');
  expect(said.join()).not.toMatch(/hush|wrong/);
});
