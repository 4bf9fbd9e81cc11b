import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { isPostgres } from './dialect.ts';

/** What is done with every table alike, whatever is in it. */

export type Row = Record<string, unknown>;

/** Rows that one statement reads, or takes away. */
const CHUNK = 1000;

const NAMES = {
  sqlite: sql<{ name: string }>`select name from pragma_table_list where schema = 'main'
    and type = 'table' and name not like 'sqlite%' and name not like 'kysely%' order by 1`,
  postgres: sql<{ name: string }>`select tablename as name from pg_tables
    where schemaname = current_schema() and tablename not like 'kysely%' order by 1`,
};

/** Tables, indexes and triggers of a SQLite, as `index audit_subject`. */
export const objectsOf = async (db: Database): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ name: string }>`select type || ' ' || name as name
    from sqlite_master where name not like 'sqlite%'`.execute(db);
  return new Set(rows.map(({ name }) => name));
};

const REFERENCES = {
  sqlite: sql<{ name: string; to: string }>`select t.name, f."table" as "to"
    from pragma_table_list t, pragma_foreign_key_list(t.name) f where t.schema = 'main'`,
  postgres: sql<{ name: string; to: string }>`
    select c.relname as name, r.relname as to from pg_constraint k
      join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
      where k.contype = 'f'`,
};

const on = (db: Database): 'sqlite' | 'postgres' => (isPostgres(db) ? 'postgres' : 'sqlite');

/** Every table of ours; those that others refer to come first. */
export const tablesOf = async (db: Database): Promise<string[]> => {
  const { rows: all } = await NAMES[on(db)].execute(db);
  const { rows: refers } = await REFERENCES[on(db)].execute(db);
  const ordered: string[] = [];
  const left = new Set(all.map(({ name }) => name));
  while (left.size > 0) {
    const free = [...left].filter(
      (name) => !refers.some((one) => one.name === name && one.to !== name && left.has(one.to)),
    );
    if (free.length === 0) throw new Error(`${[...left].join(', ')} refer to each other.`);
    for (const name of free) {
      ordered.push(name);
      left.delete(name);
    }
  }
  return ordered;
};

/** What its rows are told apart by, as a list of SQL; each table has such columns. */
const keyOf = async (db: Database, table: string) => {
  const { rows } = isPostgres(db)
    ? await sql<{ name: string }>`select a.attname as name from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
        where i.indrelid = ${table}::regclass and i.indisprimary
        order by array_position(i.indkey::int2[], a.attnum)`.execute(db)
    : await sql<{ name: string }>`select name from pragma_table_info(${table})
        where pk > 0 order by pk`.execute(db);
  const names = rows.map(({ name }) => name);
  return { names, columns: sql.join(names.map((name) => sql.ref(name))) };
};

/** All rows of a table, in pieces so that any number fits in memory. */
export async function* rowsOf(db: Database, table: string): AsyncGenerator<Row[]> {
  const { names, columns } = await keyOf(db, table);
  let after: Row | undefined;
  for (;;) {
    const last = after;
    const from =
      last === undefined
        ? sql``
        : sql`where (${columns}) > (${sql.join(names.map((name) => last[name]))})`;
    const { rows } = await sql<Row>`select * from ${sql.table(table)} ${from}
      order by ${columns} limit ${CHUNK}`.execute(db);
    if (rows.length > 0) yield rows;
    after = rows.at(-1);
    if (rows.length < CHUNK) return;
  }
}

export const countOf = async (db: Database, table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
};

/** Takes all rows of a table away, in pieces; how many. One that broke off goes on. */
export const emptyTable = async (db: Database, table: string): Promise<number> => {
  const { columns } = await keyOf(db, table);
  for (let all = 0; ;) {
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where (${columns}) in
      (select ${columns} from ${sql.table(table)} order by ${columns} limit ${CHUNK})`.execute(db);
    const gone = Number(numAffectedRows ?? 0);
    all += gone;
    if (gone < CHUNK) return all;
  }
};

/** SQLite's indexes of three letters. */
export const LETTERS = ['policy_search', 'contact_search'] as const;

/** What was deleted is in no page any more; nobody else has the database open. */
export const rewriteFiles = async (db: Database): Promise<void> => {
  if (!isPostgres(db)) {
    // An index of letters keeps groups of what it has forgotten.
    for (const index of LETTERS)
      await sql`insert into ${sql.table(index)} (${sql.ref(index)}) values ('delete-all')`.execute(
        db,
      );
    await sql`vacuum`.execute(db);
    await sql`pragma wal_checkpoint(truncate)`.execute(db);
    return;
  }
  for (const table of await tablesOf(db)) await sql`vacuum full ${sql.table(table)}`.execute(db);
};
