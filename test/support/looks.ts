import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';

/**
 * How many rows of a table, or walks of its indexes, a query of this transaction looks at, those of
 * walks of the whole table included. Postgres counts for the whole session until it flushes, once a
 * second and never within a transaction: what was looked at before is taken off.
 */
export const looksOf = async (
  trx: Database,
  table: string,
  by: 'idx_scan' | 'idx_tup_fetch',
  query: () => Promise<unknown>,
): Promise<number> => {
  const soFar = async (): Promise<number> => {
    const { rows } = await sql<{ looks: number }>`
      select ${sql.ref(by)} + seq_tup_read as looks from pg_stat_xact_user_tables
      where relname = ${table}`.execute(trx);
    return rows[0]?.looks ?? Number.NaN;
  };
  const before = await soFar();
  await query();
  return (await soFar()) - before;
};
