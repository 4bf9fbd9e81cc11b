import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { migrations } from '#db/migrations/index.ts';

/** `behind`: opening it brings it up to date; `ahead`: a newer program has used it. */
export type DatabaseVersion =
  | { kind: 'absent' }
  | { kind: 'current' | 'behind' | 'ahead'; version: string; wanted: string };

/** Looks at a database without changing it. Throws when the file is not a database. */
export const databaseVersion = (file: string): DatabaseVersion => {
  if (!existsSync(file)) return { kind: 'absent' };
  const known = Object.keys(migrations).toSorted();
  const wanted = known.at(-1) ?? '';
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
    const version = applied.at(-1) ?? 'empty';
    if (applied.some((name) => !known.includes(name))) return { kind: 'ahead', version, wanted };
    return { kind: applied.length === known.length ? 'current' : 'behind', version, wanted };
  } finally {
    connection.close();
  }
};
