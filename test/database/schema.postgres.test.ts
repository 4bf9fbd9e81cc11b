import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';

/** Both have the same tables, columns, keys, indexes and triggers, whichever way each came to them. */

let sqlite: Database;
let postgres: Database;

beforeAll(async () => {
  sqlite = await openDatabase(':memory:');
  postgres = await openTestDatabase();
});

afterAll(() => Promise.all([sqlite.destroy(), postgres.destroy()]));

const rowsOf = async <T>(db: Database, query: string): Promise<T[]> =>
  (await sql.raw<T>(query).execute(db)).rows;

/** SQLite searches by tables of FTS5, and Postgres by indexes. */
const isOfBoth = (name: string): boolean =>
  !/^(policy_search|contact_search|contact_words|kysely_)/.test(name);

const tablesOf = (db: Database): Promise<{ name: string }[]> =>
  rowsOf(
    db,
    db === sqlite
      ? `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
      : `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );

interface Column {
  tbl: string;
  name: string;
  type: string;
  required: number;
  initial: string | null;
  key: number;
}

const columnsOf = async (db: Database): Promise<string[]> => {
  const columns = await rowsOf<Column>(
    db,
    db === sqlite
      ? `select t.name as tbl, c.name, c.type, c."notnull" as required, c.dflt_value as initial,
           c.pk as key
         from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'`
      : `select c.table_name as tbl, c.column_name as name, c.data_type as type,
           case when c.is_nullable = 'NO' then 1 else 0 end as required,
           replace(c.column_default, '::text', '') as initial,
           coalesce((select u.ordinal_position from information_schema.key_column_usage u
             join information_schema.table_constraints k using (constraint_name, table_name)
             where k.constraint_type = 'PRIMARY KEY' and u.table_name = c.table_name
               and u.column_name = c.column_name), 0) as key
         from information_schema.columns c where c.table_schema = 'public'`,
  );
  return columns
    .filter(({ tbl }) => isOfBoth(tbl))
    .map(({ tbl, name, type, required, initial, key }) =>
      // A key of SQLite is required, and its description does not say so.
      [tbl, name, type.toLowerCase(), required === 1 || key > 0, initial, key].join(' '),
    )
    .toSorted();
};

const referencesOf = async (db: Database): Promise<string[]> => {
  const rows = await rowsOf<{ tbl: string; from: string; to: string; end: string }>(
    db,
    db === sqlite
      ? `select t.name as tbl, f."from", f."table" as "to", f.on_delete as "end"
         from sqlite_master t join pragma_foreign_key_list(t.name) f where t.type = 'table'`
      : `select c.conrelid::regclass::text as tbl, a.attname as "from",
           c.confrelid::regclass::text as "to",
           case c.confdeltype when 'c' then 'CASCADE' else 'NO ACTION' end as "end"
         from pg_constraint c join pg_attribute a
           on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.contype = 'f' and c.connamespace = 'public'::regnamespace`,
  );
  return rows.map(({ tbl, from, to, end }) => [tbl, from, to, end].join(' ')).toSorted();
};

/** As it is written, without what each of them adds of its own. */
const plain = (definition: string): string =>
  definition
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/using btree /, '')
    .replace(/ on public\./, ' on ')
    .replaceAll('::text', '')
    .replace(/= any \(array\[([^\]]*)\]\)/g, 'in ($1)')
    .replace(/<> all \(array\[([^\]]*)\]\)/g, 'not in ($1)')
    .replace(/ where (.*)$/, (_, condition: string) => ` where ${condition.replace(/[()]/g, '')}`)
    .replace(/\s+/g, ' ')
    .replaceAll('( ', '(')
    .trim();

const indexesOf = async (db: Database): Promise<string[]> => {
  const rows = await rowsOf<{ name: string; definition: string }>(
    db,
    db === sqlite
      ? `select name, sql as definition from sqlite_master where type = 'index' and sql is not null`
      : `select i.indexname as name, i.indexdef as definition from pg_indexes i
         where i.schemaname = 'public' and not exists (
           select 1 from pg_constraint c where c.conname = i.indexname)`,
  );
  return rows
    .filter(({ name }) => isOfBoth(name))
    .map(({ definition }) => plain(definition))
    .toSorted();
};

/** Columns that are different in every two rows, beside the primary keys. */
const uniqueOf = async (db: Database): Promise<string[]> => {
  const rows = await rowsOf<{ tbl: string; columns: string }>(
    db,
    db === sqlite
      ? `select t.name as tbl, (select group_concat(c.name) from pragma_index_info(i.name) c) as columns
         from sqlite_master t join pragma_index_list(t.name) i
         where t.type = 'table' and i.origin = 'u'`
      : `select c.conrelid::regclass::text as tbl, (
           select string_agg(a.attname, ',' order by array_position(c.conkey, a.attnum))
           from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey)) as columns
         from pg_constraint c
         where c.contype = 'u' and c.connamespace = 'public'::regnamespace`,
  );
  return rows
    .filter(({ tbl }) => isOfBoth(tbl))
    .map(({ tbl, columns }) => `${tbl} ${columns}`)
    .toSorted();
};

const checksOf = async (db: Database): Promise<string[]> => {
  if (db === postgres)
    return (
      await rowsOf<{ tbl: string }>(
        db,
        `select conrelid::regclass::text as tbl from pg_constraint where contype = 'c'
           and connamespace = 'public'::regnamespace and conrelid::regclass::text not like 'kysely%'`,
      )
    )
      .map(({ tbl }) => tbl)
      .toSorted();
  const rows = await rowsOf<{ name: string }>(
    db,
    `select name from sqlite_master where type = 'table' and sql like '%check (%'`,
  );
  return rows.map(({ name }) => name).toSorted();
};

const triggersOf = async (db: Database): Promise<string[]> => {
  const rows = await rowsOf<{ name: string }>(
    db,
    db === sqlite
      ? `select name from sqlite_master where type = 'trigger'`
      : `select tgname as name from pg_trigger where not tgisinternal`,
  );
  return rows.map(({ name }) => name).toSorted();
};

it('have the same tables', async () => {
  const names = async (db: Database) =>
    (await tablesOf(db))
      .map(({ name }) => name)
      .filter(isOfBoth)
      .toSorted();
  expect(await names(postgres)).toEqual(await names(sqlite));
});

it('have the same columns, with the same types, defaults and keys', async () => {
  const row = 'policy_report row integer true';
  const but = (columns: string[]) => columns.filter((column) => !column.startsWith(row));
  expect(but(await columnsOf(postgres))).toEqual(but(await columnsOf(sqlite)));
});

it('have the same references and checks', async () => {
  expect(await referencesOf(postgres)).toEqual(await referencesOf(sqlite));
  expect(await checksOf(postgres)).toEqual(await checksOf(sqlite));
});

it('have the same indexes, and the same unique columns', async () => {
  expect(await indexesOf(postgres)).toEqual(await indexesOf(sqlite));
  expect(await uniqueOf(postgres)).toEqual(await uniqueOf(sqlite));
});

it('have the same triggers, but for searches that are tables of SQLite', async () => {
  // Postgres can empty a table without deleting a row of it.
  const own = new Set(['audit_no_truncate']);
  const names = (await triggersOf(postgres)).filter((name) => !own.has(name));
  const expected = (await triggersOf(sqlite)).filter(
    (name) => !/^(report_text_changed|contact_words_|search_)/.test(name),
  );
  expect(names).toEqual(expected);
});
