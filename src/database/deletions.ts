import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { isPostgres } from './dialect.ts';
import { isLost } from './patience.ts';
import type { Store } from './store.ts';

/**
 * A secret that was deleted is gone from the files too: its row is overwritten where it was deleted
 * (`secure_delete`), and the write-ahead log, which still holds it, is emptied here. Where another
 * process is just reading, a later call does it: nobody waits.
 */
export const wipeDeletions = async ({ db }: Store): Promise<'wiped' | 'later'> => {
  const { made, wiped } = await db
    .selectFrom('deletion')
    .select(['made', 'wiped'])
    .executeTakeFirstOrThrow();
  if (made === wiped) return 'wiped';
  const isBusy = isPostgres(db) ? await rewrite(db) : await emptyLog(db);
  if (isBusy) return 'later';
  await db.updateTable('deletion').set({ wiped: made }).execute();
  return 'wiped';
};

/** Empties SQLite's write-ahead log; whether another process was just reading. */
const emptyLog = (db: Database): Promise<boolean> =>
  db.connection().execute(async (one) => {
    const { rows: before } = await sql<{ timeout: number }>`pragma busy_timeout`.execute(one);
    await sql`pragma busy_timeout = 0`.execute(one);
    try {
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(one);
      return rows[0]?.busy !== 0;
    } finally {
      await sql`pragma busy_timeout = ${sql.lit(before[0]?.timeout ?? 0)}`.execute(one);
    }
  });

/**
 * Postgres keeps what was deleted in the pages of its table: they are written anew. Its log and its copies
 * are the firm's to keep for as short as it likes. Whether another process was just using the table.
 */
const rewrite = (db: Database): Promise<boolean> =>
  db.connection().execute(async (one) => {
    await sql`set lock_timeout = '50ms'`.execute(one);
    try {
      await sql`vacuum full sealed_secret`.execute(one);
      return false;
    } catch (error) {
      if (isLost(error)) return true;
      throw error;
    } finally {
      await sql`reset lock_timeout`.execute(one);
    }
  });
