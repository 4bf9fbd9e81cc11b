import { setTimeout } from 'node:timers/promises';

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

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
      if (!isBusy(error) || waited >= patienceMs) throw error;
      await setTimeout(wait);
      waited += wait;
    }
  }
};
