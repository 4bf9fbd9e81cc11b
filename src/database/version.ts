import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { migrations } from '#db/migrations/index.ts';

/** `behind`: opening it brings it up to date; `ahead`: a newer program has used it. */
export type DatabaseVersion =
  | { kind: 'absent' }
  | { kind: 'current' | 'behind' | 'ahead'; version: string; wanted: string };

const versionOf = (
  applied: readonly string[],
  known: readonly string[],
): Exclude<DatabaseVersion, { kind: 'absent' }> => {
  const [version, wanted] = [applied.at(-1) ?? 'empty', known.at(-1) ?? ''];
  if (applied.some((name) => !known.includes(name))) return { kind: 'ahead', version, wanted };
  return { kind: applied.length === known.length ? 'current' : 'behind', version, wanted };
};

/** The same of a Postgres. Throws when it cannot be asked. */
export const postgresVersion = async (url: string): Promise<DatabaseVersion> => {
  const [{ Client }, { postgresMigrations }] = await Promise.all([
    import('pg'),
    import('#db/postgres/index.ts'),
  ]);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: has } = await client.query(
      `select 1 where to_regclass('kysely_migration') is not null`,
    );
    if (has.length === 0) return { kind: 'absent' };
    const { rows } = await client.query<{ name: string }>(
      'select name from kysely_migration order by name',
    );
    const known = Object.keys(postgresMigrations).toSorted();
    return versionOf(
      rows.map(({ name }) => name),
      known,
    );
  } finally {
    await client.end();
  }
};

/** Looks at a database without changing it. Throws when the file is not a database. */
export const databaseVersion = (file: string): DatabaseVersion => {
  if (!existsSync(file)) return { kind: 'absent' };
  const known = Object.keys(migrations).toSorted();
  const connection = new BetterSqlite(file, { readonly: true, timeout: 2000 });
  try {
    const has = connection
      .prepare(`select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'`)
      .get();
    const applied =
      has === undefined
        ? []
        : connection
            .prepare<[], string>('select name from kysely_migration order by name')
            .pluck()
            .all();
    return versionOf(applied, known);
  } finally {
    connection.close();
  }
};
