import { sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { Client } from 'pg';
import { postgresMigrations } from '#db/postgres/index.ts';
import { RELEASE_BEFORE } from '#db/release-before.ts';
import type { Step } from '#db/step.ts';
import type { Database } from '#database/connection.ts';
import { migratePostgres } from '#database/migrate.ts';
import { connectPostgres, openPostgres } from '#database/postgres.ts';
import { postgresVersion } from '#database/version.ts';
import { newPostgres } from '#test/support/database.ts';

/** A Postgres is brought up to date while processes of the release before work on it. */

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const upTo = (newest: string): Record<string, Step> =>
  Object.fromEntries(Object.entries(postgresMigrations).filter(([name]) => name <= newest));
const NEWEST = Object.keys(postgresMigrations).toSorted().at(-1) ?? '';

const step = (...statements: string[]): Step => ({
  up: async (trx) => {
    for (const statement of statements) await sql.raw(statement).execute(trx);
  },
});
const withStep = (name: string, made: Step) => ({ ...postgresMigrations, [name]: made });

const connect = async (url: string): Promise<Database> =>
  stack.adopt(await connectPostgres({ url, connections: 4 }), (db) => db.destroy());

/** A connection of whoever tells no name. */
const strange = async (url: string): Promise<Client> => {
  const client = new Client(url);
  // The server of the run may end it.
  client.on('error', () => undefined);
  await client.connect();
  return stack.adopt(client, (one) => one.end());
};

const CONTACTS = 500;

/** As a release left it, with contacts. */
const startAt = async (newest: string) => {
  const url = await newPostgres('nothing');
  const db = await connect(url);
  await migratePostgres(db, upTo(newest));
  await sql`insert into contact (id, external_id, name, kind, search)
    select 'c' || n, 'C-' || n, 'Contact ' || n, 'individual', 'contact ' || n
    from generate_series(1, ${CONTACTS}::int) n`.execute(db);
  return { url, db };
};

const has = async (db: Database, query: string): Promise<boolean> =>
  (await sql.raw(query).execute(db)).rows.length > 0;

const write = (client: Client, nth: number) =>
  client.query(`update contact set name = 'Renamed ' || $1::int where id = 'c' || $1::int`, [nth]);

it('while transactions are open and others write, and nobody waits until they end', async () => {
  const { url, db } = await startAt(RELEASE_BEFORE);
  const [reader, writer] = [await strange(url), await strange(url)];
  await reader.query('begin');
  await reader.query('select count(*) from contact');
  const steps = withStep('9001-nickname', step('alter table contact add column nickname text'));
  const COLUMN = `select 1 from information_schema.columns where column_name = 'nickname'`;
  const migrated = migratePostgres(await connect(url), steps);
  const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock'
    and query like '%nickname%'`;
  await expect.poll(() => has(db, waits)).toBe(true);
  // Each write comes through between two tries, though the reader reads on.
  for (const nth of [1, 2, 3]) await write(writer, nth);
  expect(await has(db, COLUMN)).toBe(false);
  await reader.query('commit');
  await migrated;
  expect(await has(db, COLUMN)).toBe(true);
  const contacts = await db.selectFrom('contact').select('name').orderBy('id').execute();
  expect(contacts).toHaveLength(CONTACTS);
  expect(contacts.filter(({ name }) => name.startsWith('Renamed'))).toHaveLength(3);
});

it('says who is in the way where they stay for good', async () => {
  const { url } = await startAt(RELEASE_BEFORE);
  const reader = await strange(url);
  await reader.query('begin; select 1 from contact limit 1');
  const steps = withStep('9001-nickname', step('alter table contact add column nickname text'));
  await expect(migratePostgres(await connect(url), steps, 0)).rejects.toThrow(
    /another transaction kept what has to change\. .*pg_stat_activity.*start again/,
  );
  expect(await postgresVersion(url)).toMatchObject({ kind: 'current' });
});

it('several that start at once, one of the release before among them, do it once', async () => {
  const { url, db } = await startAt(RELEASE_BEFORE);
  // That one waits for the lock by a statement, as Kysely does.
  const before = await strange(url);
  const release = await strange(url);
  await release.query(`select pg_advisory_lock(3853314791062309107)`);
  const waiting = before.query(`select pg_advisory_lock(3853314791062309107)`);
  const all = Promise.all(
    [1, 2, 3].map(async () => migratePostgres(await connect(url), upTo(NEWEST))),
  );
  await expect
    .poll(() => has(db, `select 1 from pg_locks where locktype = 'advisory' and not granted`))
    .toBe(true);
  await release.end();
  await waiting;
  await before.end();
  await all;
  expect(await postgresVersion(url)).toMatchObject({ kind: 'current' });
});

it('an index that broke off is made anew', async () => {
  const { url, db } = await startAt('0039-workers');
  // As a kill leaves it.
  await sql`create index contact_search on contact (search)`.execute(db);
  await sql`update pg_index set indisvalid = false
    where indexrelid = 'contact_search'::regclass`.execute(db);
  await migratePostgres(db, postgresMigrations);
  const { rows } = await sql<{ definition: string; valid: number }>`
    select indisvalid as valid, pg_get_indexdef(indexrelid) as definition from pg_index
    where indexrelid = 'contact_search'::regclass`.execute(db);
  expect(rows).toEqual([{ valid: 1, definition: expect.stringContaining('gin_trgm_ops') }]);
  expect(await postgresVersion(url)).toMatchObject({ kind: 'current' });
});

it('processes that are older than the release before have to stop first', async () => {
  const { url, db } = await startAt('0036-status-words');
  await sql`comment on table kysely_migration is null`.execute(db);
  await db.destroy();
  expect(await postgresVersion(url)).toMatchObject({ kind: 'behind', beside: false });
  const old = await strange(url);
  await expect(openPostgres({ url })).rejects.toThrow(
    /too old for this one still have this database open, from 127\.0\.0\.1\. .*Stop every bot.*Nothing was changed/,
  );
  await old.query(`set application_name = 'psql'`);
  await (await openPostgres({ url })).destroy();
  expect(await postgresVersion(url)).toMatchObject({ kind: 'current' });
});

it('so do those of two releases before, on the database of the last one', async () => {
  const { url, db } = await startAt(RELEASE_BEFORE);
  await sql`comment on table kysely_migration is '0036-status-words'`.execute(db);
  const old = await strange(url);
  await old.query(`set application_name = 'swivel-sync 0037-owed-answers'`);
  await expect(openPostgres({ url })).rejects.toThrow('Stop every bot');
  await old.query(`set application_name = 'swivel-sync ${RELEASE_BEFORE}'`);
  await (await openPostgres({ url })).destroy();
});

it('a program of the release before starts on a newer database, and leaves it as it is', async () => {
  const { url, db } = await startAt(NEWEST);
  const newer = withStep('9001-next', step('create table next_one (id text primary key)'));
  await migratePostgres(db, newer);
  const here = await openPostgres({ url });
  expect(await here.selectFrom('contact').select('id').limit(1).execute()).toHaveLength(1);
  await here.destroy();
  expect(await postgresVersion(url)).toMatchObject({ kind: 'ahead', beside: true });
});

it.each([
  ['asks more of it', '9001-next'],
  ['does not say', null],
])('no program starts on a newer database whose release %s', async (_, oldest) => {
  const { url, db } = await startAt(NEWEST);
  await migratePostgres(db, withStep('9001-next', step('create table next_one (id text)')));
  await sql`comment on table kysely_migration is ${sql.lit(oldest)}`.execute(db);
  await expect(openPostgres({ url })).rejects.toThrow(
    /newer release: its version is 9001-next.*Start the newer release here too/,
  );
  expect(await postgresVersion(url)).toMatchObject({ kind: 'ahead', beside: false });
});

it('one that lacks a step of ours is no newer one to work beside', async () => {
  const { url, db } = await startAt('0038-home-wishes');
  await migratePostgres(db, { ...upTo('0038-home-wishes'), '9001-other': step('select 1') });
  await expect(openPostgres({ url })).rejects.toThrow('newer release');
});
