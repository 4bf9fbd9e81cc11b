import { sql } from 'kysely';
import { vi } from 'vitest';
import type { Database } from '#database/connection.ts';

/** How many connections of this database wait for another one. */
const waiting = async (db: Database): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.n ?? 0;
};

/** Until so many of them do, or have come to an end. */
export const someWait = (db: Database, expected: number, ended = () => 0): Promise<void> =>
  vi.waitFor(
    async () => {
      if ((await waiting(db)) + ended() < expected) throw new Error('They run still.');
    },
    { timeout: 20_000, interval: 20 },
  );

/**
 * Two transactions on connections of their own, on Postgres: each runs until it wants to write to this
 * table, or waits for the other, and only then may either go on. What the second one read before the
 * first had written shows in what they come to. `closed` to readers too, it stops who reads the table.
 */
export const atOnce = async <A, B>(
  db: Database,
  table: string,
  first: () => Promise<A>,
  second: () => Promise<B>,
  closed = false,
): Promise<[PromiseSettledResult<A>, PromiseSettledResult<B>]> => {
  let settled = 0;
  const begin = async <T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>> => {
    const [result] = await Promise.allSettled([work()]);
    settled += 1;
    return result;
  };
  const standing = (expected: number) => someWait(db, expected, () => settled);
  const gate = await db.startTransaction().execute();
  try {
    await sql`lock table ${sql.table(table)} in ${sql.raw(closed ? 'access exclusive' : 'share')} mode`.execute(
      gate,
    );
    const one = begin(first);
    await standing(1);
    const other = begin(second);
    await standing(2);
    await gate.commit().execute();
    return await Promise.all([one, other]);
  } catch (error) {
    if (!gate.isCommitted) await gate.rollback().execute();
    throw error;
  }
};
