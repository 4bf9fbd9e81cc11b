import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { sql, type Transaction } from 'kysely';
import { openDatabase, type Database } from '#database/connection.ts';
import { withoutTrace } from '#database/copy.ts';
import { rehearse } from '#database/locks.ts';
import { openAt, type DatabasePlace } from '#database/place.ts';
import type { Tables } from '#database/schema.ts';
import { wipeDeletions } from '#database/deletions.ts';

type Rehearsal = { db: Database } & AsyncDisposable;

/** The database as it is now, to try something on; nothing of that is left when it is disposed. */
export const openRehearsal = (place: DatabasePlace): Promise<Rehearsal> =>
  place.databaseUrl === undefined ? onCopy(place.databaseFile) : inTransaction(place);

/**
 * In one transaction that is taken back, where each of its own is a step of it. What it would change
 * waits for its end where others change it too, so a large one is for a quiet hour.
 */
const inTransaction = async (place: DatabasePlace): Promise<Rehearsal> => {
  const db = await openAt(place);
  const whole = await db.startTransaction().execute();
  rehearse(whole);
  const step = async <T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> => {
    await sql`savepoint step`.execute(whole);
    try {
      const result = await work(whole);
      await sql`release savepoint step`.execute(whole);
      return result;
    } catch (error) {
      await sql`rollback to savepoint step`.execute(whole);
      throw error;
    }
  };
  return {
    db: Object.assign(whole, { transaction: () => ({ execute: step }) }) as unknown as Database,
    [Symbol.asyncDispose]: async () => {
      await whole.rollback().execute();
      await db.destroy();
    },
  };
};

/** A copy of the file; it is deleted when disposed. */
const onCopy = async (file: string): Promise<Rehearsal> => {
  const folder = await mkdtemp(join(tmpdir(), 'swivel-sync-rehearsal-'));
  const copy = join(folder, 'copy.db');
  const heard = withoutTrace(folder);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    heard[Symbol.dispose]();
  };
  try {
    if (existsSync(file)) {
      const original = new BetterSqlite(file, { readonly: true, timeout: 2000 });
      try {
        // An open read keeps one moment: each write of a bot would begin the copy anew.
        original.exec('begin');
        original.prepare('select count(*) from sqlite_master').get();
        await original.backup(copy);
      } finally {
        original.close();
      }
    }
    const db = await openDatabase(copy);
    // An import needs no secret, and one that is killed leaves its copy behind.
    await db.deleteFrom('sealed_secret').execute();
    await wipeDeletions({ db, clock: Date.now });
    return {
      db,
      [Symbol.asyncDispose]: async () => {
        await db.destroy();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};
