import { setTimeout } from 'node:timers/promises';

/** Of Postgres: lost against another transaction, waited for one that waits for this, or for too long. */
const LOST = new Set(['40001', '40P01', '55P03']);

/** Nothing was written, and the same may be written a moment later. */
export const isLost = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (String(error.code).startsWith('SQLITE_BUSY') || LOST.has(String(error.code)));

const FIRST_MS = 10;
const LONGEST_MS = 500;

/**
 * Writes what must not be lost, such as the answer to a password: while the database is busy with
 * another process, it is tried again, for up to `patienceMs`. Between two tries nothing is blocked.
 */
export const untilWritten = async <T>(
  write: () => Promise<T>,
  patienceMs = 10 * 60_000,
): Promise<T> => {
  let waited = 0;
  for (let wait = FIRST_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
    try {
      return await write();
    } catch (error) {
      if (!isLost(error) || waited >= patienceMs) throw error;
      await setTimeout(wait);
      waited += wait;
    }
  }
};
