import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';
import type { Tables } from '#database/schema.ts';
import { rowsOf, tablesOf, type Row } from '#database/tables.ts';

/** Tables that follow any act, refused ones too, and why nothing gets through by them. */
const FOLLOW: Partial<Record<keyof Tables, string>> = {
  audit: 'who looked and who was refused is written down',
  handled: 'what was heard once is known',
  direct_channel: 'where a person is told something is known from then on',
  home_wish: 'a Home is drawn anew, from what its person may see',
  subject_message: 'what Slack shows follows the rows',
  named_policy: 'support sees for a day what they named by its whole number',
  policy_report: 'follows policies and syncs, by triggers',
  report_tally: 'follows policies and syncs, by triggers',
  deletion: 'counts what is gone, also where a trial takes it away',
};
/** Columns of the same kind: what Slack says of a person, and how far it shows the newest state. */
const FOLLOWING = new Set([
  'slack_checked_at',
  'slack_standing',
  'shown_version',
  'told_version',
  // Goes up when a card is to be drawn again.
  'version',
]);

/** Everything that an act could change, by its table. */
export type Standing = Readonly<Record<string, readonly Row[]>>;

const whatCounts = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !FOLLOWING.has(column)));

export const standingOf = async (db: Database): Promise<Standing> => {
  const all: Record<string, Row[]> = {};
  for (const table of await tablesOf(db)) {
    if (table in FOLLOW) continue;
    const rows: Row[] = [];
    for await (const some of rowsOf(db, table)) rows.push(...some);
    all[table] = rows;
  }
  return all;
};

/** Names of the tables that are not as they were. */
export const changed = (was: Standing, now: Standing): string[] =>
  Object.keys(was).filter(
    (table) => !isDeepStrictEqual(was[table]?.map(whatCounts), now[table]?.map(whatCounts)),
  );

const ROUNDS = 3;

/** Puts every table back; where a trigger meddles, once more. */
export const putBack = (db: Database, was: Standing): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await sql`pragma defer_foreign_keys = on`.execute(trx);
    for (let round = 0; ; round += 1) {
      const now = await standingOf(trx);
      const tables = changed(was, now);
      if (tables.length === 0) return;
      if (round === ROUNDS) throw new Error(`${tables.join(', ')} cannot be put back.`);
      for (const table of tables)
        await putTableBack(trx, table, was[table] ?? [], now[table] ?? []);
    }
  });

const putTableBack = async (
  db: Database,
  table: string,
  was: readonly Row[],
  now: readonly Row[],
): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})
    where pk > 0 order by pk`.execute(db);
  const keys = rows.map(({ name }) => name);
  const keyOf = (row: Row): string => JSON.stringify(keys.map((key) => row[key]));
  const these = (row: Row) =>
    sql.join(
      keys.map((key) => sql`${sql.ref(key)} is ${row[key]}`),
      sql` and `,
    );
  const [before, after] = [was, now].map((all) => new Map(all.map((row) => [keyOf(row), row])));
  for (const [key, row] of after ?? [])
    if (before?.has(key) !== true)
      await sql`delete from ${sql.table(table)} where ${these(row)}`.execute(db);
  for (const [key, row] of before ?? []) {
    const there = after?.get(key);
    const columns = Object.keys(row);
    if (there === undefined)
      await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
        values (${sql.join(columns.map((name) => row[name]))})`.execute(db);
    else if (!isDeepStrictEqual(whatCounts(row), whatCounts(there)))
      await sql`update ${sql.table(table)} set ${sql.join(
        Object.entries(whatCounts(row)).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
      )} where ${these(row)}`.execute(db);
  }
};
