import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { isPostgres } from './dialect.ts';

/** Whoever asks whether this process is ready waits no longer for it. */
const WITHIN_MS = 2000;

const REPLICA = 'is a replica, which only reads. Let DATABASE_URL lead to the primary.';
const LOCKED =
  'only reads: its default_transaction_read_only is on. Give its disk room where that is full, and let it write.';

interface Said {
  replica: number;
  locked: number;
}

/** After a failover the address, or a connection, may lead to a server that answers and refuses each write. */
const ask = async (db: Database): Promise<string | undefined> => {
  const { rows } = await (
    isPostgres(db)
      ? sql<Said>`select pg_is_in_recovery() as replica,
        current_setting('transaction_read_only') = 'on' as locked,
        exists (select 1 from serving)`
      : sql<Said>`select 0 as replica, 0 as locked, exists (select 1 from serving)`
  ).execute(db);
  if (rows[0]?.replica === 1) return REPLICA;
  return rows[0]?.locked === 1 ? LOCKED : undefined;
};

/**
 * Whether the database answers at once, and takes writes; why not, where it does not, as the end of a
 * sentence about it.
 */
export const whyNoAnswer = async (db: Database): Promise<string | undefined> => {
  const late = `does not answer: nothing came within ${WITHIN_MS / 1000} seconds`;
  try {
    return await Promise.race([ask(db), setTimeout(WITHIN_MS, late, { ref: false })]);
  } catch (error) {
    return `does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
};
