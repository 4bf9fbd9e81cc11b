import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import {
  connectDatabase,
  openDatabase,
  type Database,
  type OnStatement,
} from '#database/connection.ts';
import { openPostgres } from '#database/postgres.ts';
import { TEMPLATE } from './postgres.ts';

let server: string | undefined;

/**
 * Databases are made on this server from now on, or in memory again: the project `postgres` runs the
 * tests of the stores a second time, on a real one.
 */
export const useServer = (url: string | undefined): void => {
  server = url;
};

export const isOnPostgres = (): boolean => server !== undefined;

const onServer = async (statement: string): Promise<void> => {
  const client = new Client(`${server}postgres`);
  await client.connect();
  await client.query(statement);
  await client.end();
};

/** The address of a new database on the server of this run: with our tables, or with nothing. */
export const newPostgres = async (has: 'tables' | 'nothing' = 'tables'): Promise<string> => {
  if (server === undefined) throw new Error('Only the project `postgres` has a server.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(
    `create database ${name} template ${has === 'tables' ? TEMPLATE : 'template0'} strategy file_copy`,
  );
  return server + name;
};

/** A new one with our tables, that ends with whoever asked for it. */
export const ownPostgres = async (): Promise<AsyncDisposable & { url: string }> => {
  const url = await newPostgres();
  // A process that was killed may be connected still.
  const drop = `drop database ${new URL(url).pathname.slice(1)} with (force)`;
  return { url, [Symbol.asyncDispose]: () => onServer(drop) };
};

/** Emptied ones, to be used again: to copy the template takes longer than most tests. */
const free: Database[] = [];

const STARTS_WITH = [
  `alter table audit enable trigger user`,
  `insert into audit_start values (1, 0, '')`,
  `insert into deletion (id, made, wiped) values (1, 0, 0)`,
  `alter table policy_report alter column row restart`,
  `alter sequence webhook_event_order restart`,
];

const empty = (db: Database): Promise<void> =>
  db.connection().execute(async (one) => {
    const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables
      where schemaname = 'public' and tablename not like 'kysely%'`.execute(one);
    // Neither references nor triggers look on.
    await sql.raw(`set session_replication_role = replica`).execute(one);
    for (const { name } of rows) await sql`delete from ${sql.table(name)}`.execute(one);
    for (const statement of STARTS_WITH) await sql.raw(statement).execute(one);
    await sql.raw(`set session_replication_role = origin`).execute(one);
  });

const openEmptyPostgres = async (): Promise<Database> => {
  const db = free.pop() ?? (await openPostgres({ url: await newPostgres(), connections: 4 }));
  const destroy = async (): Promise<void> => {
    await empty(db);
    free.push(db);
  };
  return Object.assign(db, { destroy });
};

const migrateOne = async (): Promise<Buffer> => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'template-'));
  const file = join(folder.path, 'migrated.db');
  const db = await openDatabase(':memory:');
  await sql`vacuum into ${file}`.execute(db);
  await db.destroy();
  return readFile(file);
};

/** The file of an empty one with our tables: to migrate each anew takes longer than most tests. */
let template: Promise<Buffer> | undefined;
const migrated = (): Promise<Buffer> => (template ??= migrateOne());

/** Opens this file, which gets our tables where it is not there yet. */
export const openTestFile = async (file: string): Promise<Database> => {
  if (!existsSync(file)) await writeFile(file, await migrated());
  return openDatabase(file);
};

/** An empty database for a test: SQLite in memory, or a Postgres of its own. */
export const openTestDatabase = async (onStatement?: OnStatement): Promise<Database> => {
  if (!isOnPostgres()) return connectDatabase(await migrated(), onStatement);
  return onStatement === undefined
    ? openEmptyPostgres()
    : openPostgres({ url: await newPostgres(), connections: 4 }, onStatement);
};
