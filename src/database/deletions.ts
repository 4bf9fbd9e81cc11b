import { sql, type RawBuilder } from 'kysely';
import { breathe } from '#shared/clock.ts';
import type { Database } from './connection.ts';
import { isPostgres } from './dialect.ts';
import { isLost } from './patience.ts';
import { holdersNow, isHeld, type Holders } from './snapshots.ts';
import type { Store } from './store.ts';
import { LETTERS } from './tables.ts';

/** Of what an index of the search has forgotten: the next sweep takes its letters away. */
const AT_ONCE = -1;

/**
 * Has the letters of former names and numbers taken away by the next call of `wipeDeletions`. That
 * writes an index anew as a whole: at once where a contact was erased, once a night for the rest.
 */
export const wipeLettersNext = async (db: Database): Promise<void> => {
  await db
    .updateTable('deletion')
    .set({ letters_wiped: AT_ONCE })
    .whereRef('letters_made', '<>', 'letters_wiped')
    .execute();
};

/**
 * A secret that was deleted is gone from the files too: its row is overwritten where it was deleted
 * (`secure_delete`), and the write-ahead log, which still holds it, is emptied here. So are the letters
 * of a contact who is gone, which an index of the search keeps. Where another process is just reading, a
 * later call does it: nobody waits.
 */
export const wipeDeletions = async ({ db }: Store): Promise<'wiped' | 'later'> => {
  const { made, wiped, letters_made, letters_wiped } = await db
    .selectFrom('deletion')
    .select(['made', 'wiped', 'letters_made', 'letters_wiped'])
    .executeTakeFirstOrThrow();
  const now = {
    made,
    lettersMade: letters_made,
    areSecrets: made !== wiped,
    areLetters: letters_wiped === AT_ONCE,
  };
  if (!now.areSecrets && !now.areLetters) return 'wiped';
  const gone = await (isPostgres(db) ? goneOnPostgres(db, now) : goneOnSqlite(db, now));
  if (gone === undefined) return 'later';
  await db.updateTable('deletion').set({ wiped: gone.made }).execute();
  // What was forgotten while it was at it is in the indexes still.
  if (gone.areLetters)
    await db
      .updateTable('deletion')
      .set({ letters_wiped: gone.lettersMade })
      .where('letters_made', '=', gone.lettersMade)
      .execute();
  return gone.made === made && gone.areLetters === now.areLetters ? 'wiped' : 'later';
};

interface Deleted {
  made: number;
  lettersMade: number;
  areSecrets: boolean;
  areLetters: boolean;
}

const goneOnSqlite = async (db: Database, now: Deleted): Promise<Deleted | undefined> =>
  (await emptied(db, now.areLetters)) ? undefined : now;

/** What had been deleted when it was first asked, and who has to end before it is gone. */
const waiting = new WeakMap<Database, { deleted: Deleted; holders: Holders; isLast: boolean }>();

/**
 * What is gone now. A vacuum leaves what an older look may still see: a copy of each night, a report, a
 * replica. So whoever was at work when this was first asked has to have ended, and they are remembered
 * from call to call: on a busy server somebody always is. Whoever began beside them may see as far back
 * as they did, and has to have ended too.
 */
const goneOnPostgres = async (db: Database, now: Deleted): Promise<Deleted | undefined> => {
  let waits = waiting.get(db) ?? { deleted: now, holders: await holdersNow(db), isLast: false };
  waiting.set(db, waits);
  if (await isHeld(db, waits.holders)) return undefined;
  if (!waits.isLast) {
    waits = { ...waits, holders: await holdersNow(db), isLast: true };
    waiting.set(db, waits);
    if (await isHeld(db, waits.holders)) return undefined;
  }
  const { areSecrets, areLetters } = waits.deleted;
  const isBusy =
    (areSecrets && (await rewritten(db, sql`full sealed_secret`))) ||
    (areLetters && (await rewritten(db, sql`contact, policy_report`)));
  if (isBusy) return undefined;
  waiting.delete(db);
  return waits.deleted;
};

const emptied = async (db: Database, areLetters: boolean): Promise<boolean> => {
  if (areLetters) for (const index of LETTERS) await mergeLetters(db, index);
  return emptyLog(db);
};

/** So many pages of an index are merged in some milliseconds; whoever waits goes in between. */
const PAGES = 20;

/**
 * Writes an index of three letters anew as one segment, without what it has forgotten. FTS5 counts two
 * changes where a step had something to do, and starts on everything by a negative number of pages.
 */
const mergeLetters = async (db: Database, index: string): Promise<void> => {
  const step = (pages: number): Promise<boolean> =>
    db.connection().execute(async (one) => {
      const before = await changesOf(one);
      await sql`insert into ${sql.table(index)} (${sql.ref(index)}, rank)
        values ('merge', ${sql.lit(pages)})`.execute(one);
      return (await changesOf(one)) - before >= 2;
    });
  for (let pages = -PAGES; await step(pages); pages = PAGES) await breathe();
};

const changesOf = async (one: Database): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select total_changes() as n`.execute(one);
  return rows[0]?.n ?? 0;
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
 * Postgres keeps what was deleted in the pages of its table: those of secrets are written anew; of the
 * large tables that are searched only the rows and what the index has of them are let go. Its log and its
 * copies are the firm's to keep for as short as it likes. Whether another process was just using the table.
 */
const rewritten = (db: Database, what: RawBuilder<unknown>): Promise<boolean> =>
  db.connection().execute(async (one) => {
    const { rows } = await sql<{ was: string }>`
      select current_setting('statement_timeout') as was`.execute(one);
    await sql`set lock_timeout = '50ms'`.execute(one);
    await sql`set statement_timeout = 0`.execute(one);
    try {
      await sql`vacuum ${what}`.execute(one);
      return false;
    } catch (error) {
      if (isLost(error)) return true;
      throw error;
    } finally {
      await sql`reset lock_timeout`.execute(one);
      await sql`set statement_timeout = ${sql.lit(rows[0]?.was ?? '0')}`.execute(one);
    }
  });
