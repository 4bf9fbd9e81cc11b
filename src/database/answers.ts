import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { triedOnce, type Database } from './connection.ts';
import { isPostgres } from './dialect.ts';
import { codeOf, isLost, whileBusy } from './patience.ts';

/** Whoever asks whether this process is ready waits no longer for it. */
const WITHIN_MS = 2000;
/** Usual writes of others end within it. */
const PATIENCE_MS = 1000;

const REPLICA = 'is a replica, which only reads. Let DATABASE_URL lead to the primary.';
const LOCKED =
  'only reads: its default_transaction_read_only is on. Give its disk room where that is full, and let it write.';

const HELD =
  'takes no writes: another program holds it. Let that one come to its end, or end it; a backup is to be taken by swivel-sync backup.';
const FULL = 'takes no writes: its disk is full. Give it room.';

interface Said {
  replica: number;
  locked: number;
}

/** After a failover the address, or a connection, may lead to a server that answers and refuses each write. */
const whyItOnlyReads = async (db: Database): Promise<string | undefined> => {
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

/** More than a page of SQLite holds, and nothing that can be compressed: what may not grow has no room for it. */
const FILLER_BYTES = 6 * 1024;

/** A file that somebody else holds, or whose disk is full, is read as ever. */
const writeOne = async (db: Database): Promise<void> => {
  const filler = randomBytes(FILLER_BYTES).toString('base64');
  const write = db
    .insertInto('asked')
    .values({ id: 1, filler })
    .onConflict((on) => on.column('id').doUpdateSet({ filler }))
    .compile();
  const takeAway = db.deleteFrom('asked').compile();
  for (const query of [write, takeAway])
    await whileBusy(() => db.executeQuery(triedOnce(query)), PATIENCE_MS);
};

const whyNotWritten = (error: unknown): string => {
  if (isLost(error)) return HELD;
  if (/^(SQLITE_FULL|53100)$/.test(codeOf(error))) return FULL;
  return `takes no writes: ${error instanceof Error ? error.message : String(error)}`;
};

const ask = async (db: Database): Promise<string | undefined> =>
  (await whyItOnlyReads(db)) ?? (await writeOne(db).then(() => undefined, whyNotWritten));

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
