import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { expect, it } from 'vitest';
import { migrations } from '#db/migrations/index.ts';

const FOLDER = join(import.meta.dirname, '../../db/migrations');

/** The triggers and indexes that stand when all migrations have run, and what each one let go. */
const runAll = async () => {
  const connection = new BetterSqlite(':memory:');
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const names = (): Set<string> =>
    new Set(
      connection
        .prepare(
          `select name from sqlite_master where type in ('trigger', 'index') and sql is not null`,
        )
        .pluck()
        .all() as string[],
    );
  const gone: { name: string; by: string }[] = [];
  for (const by of Object.keys(migrations)) {
    const before = names();
    const { error } = await migrator.migrateUp();
    if (error !== undefined) throw error;
    const after = names();
    for (const name of before) if (!after.has(name)) gone.push({ name, by });
  }
  const stand = names();
  await db.destroy();
  return { stand, gone };
};

it('loses no trigger and no index with a table that is made anew', async () => {
  const { stand, gone } = await runAll();
  const lost = gone.filter(({ name, by }) => {
    const text = readFileSync(join(FOLDER, `${by}.ts`), 'utf8');
    return !stand.has(name) && !new RegExp(`drop (trigger|index|table) ${name}\\b`).test(text);
  });
  expect(lost).toEqual([]);
});
