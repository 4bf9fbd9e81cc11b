import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { migrations } from '#db/migrations/index.ts';
import { RELEASE_BEFORE } from '#db/release-before.ts';

/**
 * `behind`: opening it brings it up to date; those that run need not stop for that where it is
 * `beside` them. `ahead`: a newer release has used it; where it lets this one work beside, for a while.
 */
export type DatabaseVersion =
  | { kind: 'absent' }
  | { kind: 'current'; version: string; wanted: string }
  | { kind: 'behind' | 'ahead'; version: string; wanted: string; beside: boolean };

/**
 * What a program that knows these migrations is to a database in which those have run. `oldest` is
 * what a program beside it must know at least, as far as the newest one has written that down.
 */
export const versionOf = (
  applied: readonly string[],
  known: readonly string[],
  oldest?: string,
): Exclude<DatabaseVersion, { kind: 'absent' }> => {
  const [version, wanted] = [applied.at(-1) ?? 'empty', known.at(-1) ?? ''];
  if (applied.some((name) => !known.includes(name))) {
    const hasOurs = known.every((name) => applied.includes(name));
    const beside = hasOurs && oldest !== undefined && wanted >= oldest;
    return { kind: 'ahead', version, wanted, beside };
  }
  if (applied.length === known.length) return { kind: 'current', version, wanted };
  return { kind: 'behind', version, wanted, beside: version >= RELEASE_BEFORE };
};

/** What has run in a Postgres, and what its newest program asks of those beside it. */
export interface Applied {
  names: string[];
  oldest: string | undefined;
}

type Ask = (text: string) => Promise<{ rows: object[] }>;

/**
 * It is written as a remark on the list of migrations: that is there from the first of them on, and a
 * copy has it too.
 */
export const appliedOn = async (ask: Ask): Promise<Applied | undefined> => {
  const { rows: lists } = await ask(
    `select obj_description(to_regclass('kysely_migration'), 'pg_class') as oldest
     where to_regclass('kysely_migration') is not null`,
  );
  const [list] = lists as { oldest: string | null }[];
  if (list === undefined) return undefined;
  const { rows } = await ask('select name from kysely_migration order by name');
  const names = (rows as { name: string }[]).map(({ name }) => name);
  return { names, oldest: list.oldest ?? undefined };
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
    const applied = await appliedOn((text) => client.query(text));
    if (applied === undefined) return { kind: 'absent' };
    const known = Object.keys(postgresMigrations).toSorted();
    return versionOf(applied.names, known, applied.oldest);
  } finally {
    await client.end();
  }
};

/** Looks at a database without changing it. Throws when the file is not a database. */
export const databaseVersion = (file: string): DatabaseVersion => {
  if (!existsSync(file)) return { kind: 'absent' };
  const connection = new BetterSqlite(file, { readonly: true, timeout: 2000 });
  try {
    return versionOf(appliedIn(connection), Object.keys(migrations).toSorted());
  } finally {
    connection.close();
  }
};

/** What has run in a SQLite. */
export const appliedIn = (connection: BetterSqlite.Database): string[] => {
  const has = connection
    .prepare(`select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'`)
    .get();
  if (has === undefined) return [];
  return connection
    .prepare<[], string>('select name from kysely_migration order by name')
    .pluck()
    .all();
};
