import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { openDatabase, type Database } from '#database/connection.ts';
import { wipeDeletions } from '#database/deletions.ts';

/** A copy of the database as it is now, to try something on; it is deleted when disposed. */
export const openRehearsal = async (file: string): Promise<{ db: Database } & AsyncDisposable> => {
  const folder = await mkdtemp(join(tmpdir(), 'swivel-sync-rehearsal-'));
  const copy = join(folder, 'copy.db');
  try {
    if (existsSync(file)) {
      const original = new BetterSqlite(file, { readonly: true, timeout: 2000 });
      try {
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
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
