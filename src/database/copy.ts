import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import BetterSqlite from 'better-sqlite3';

/** The copy was not made, or is not one to trust: the message says why. */
export class CopyError extends Error {}

/** Rows of each table. */
type Counts = ReadonlyMap<string, number>;

export interface Copied {
  tables: number;
  rows: number;
}

const PAGES_A_STEP = 500;
const ALL_PAGES = 0x7fffffff;
const ENDS_OF_A_FILE = ['', '-wal', '-shm', '-journal'];

/** A name beside it that is taken by nobody; what is written there is renamed when it is whole. */
export const draftOf = (file: string): string => `${file}.${randomUUID()}.part`;

export const removeDraft = (draft: string): void => {
  // Where there is no such folder there is nothing either, and who failed for that says so.
  for (const end of ENDS_OF_A_FILE)
    if (existsSync(draft + end)) rmSync(draft + end, { force: true, recursive: true });
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Until it is disposed of, a signal that ends this process takes the draft along, a file or a folder as large
 * as a firm, once `writers` have ended: who still writes to it could make it anew. A second one ends it at once.
 */
export const withoutTrace = (
  draft: string | undefined,
  writers: () => Promise<void> = () => Promise.resolve(),
): Disposable => {
  const off = (): void => {
    for (const signal of SIGNALS) process.off(signal, heard);
  };
  const heard = (signal: NodeJS.Signals): void => {
    off();
    void writers().finally(() => {
      if (draft !== undefined) removeDraft(draft);
      process.kill(process.pid, signal);
    });
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return { [Symbol.dispose]: off };
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

const isOfSqlite = (error: unknown): boolean => codeOf(error)?.startsWith('SQLITE_') === true;

const countsOf = (connection: BetterSqlite.Database): Counts => {
  const tables = connection
    .prepare<[], string>(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`,
    )
    .pluck()
    .all();
  return new Map(
    tables.map((name) => [
      name,
      connection.prepare<[], number>(`select count(*) from "${name}"`).pluck().get() ?? 0,
    ]),
  );
};

/**
 * A copy of one moment, in steps, while others read and write: an open read keeps that moment, so
 * that a write of another process does not begin the copy anew. It is one file of mode 0600, and what
 * it says was read back from it. Throws where `to` exists, or what was written is not what was read.
 */
export const copyDatabase = async (
  from: string,
  to: string,
  copied: (part: number) => void = () => undefined,
): Promise<Copied> => {
  closeSync(openSync(to, 'wx', 0o600));
  try {
    const counts = await copyInSteps(from, to, copied);
    const read = readBack(to);
    const strays = [...counts].filter(([name, rows]) => read.get(name) !== rows);
    if (strays.length > 0 || read.size !== counts.size)
      throw new CopyError(
        `What was written to ${to} is not what was read: look at the disk, and copy again.`,
      );
    return { tables: read.size, rows: [...read.values()].reduce((sum, rows) => sum + rows, 0) };
  } catch (error) {
    removeDraft(to);
    throw error;
  }
};

const copyInSteps = async (
  from: string,
  to: string,
  copied: (part: number) => void,
): Promise<Counts> => {
  const connection = new BetterSqlite(from, { timeout: 2000, fileMustExist: true });
  try {
    connection.exec('begin');
    const counts = countsOf(connection);
    await connection.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        if (totalPages > 0) copied(1 - remainingPages / totalPages);
        return PAGES_A_STEP;
      },
    });
    connection.exec('commit');
    return counts;
  } catch (error) {
    if (!isOfSqlite(error)) throw error;
    throw new CopyError(`${from} cannot be read: ${(error as Error).message}.`, { cause: error });
  } finally {
    connection.close();
  }
};

/** Whole, and all in one file, so that nothing of it is lost when it is carried elsewhere. */
export const readBack = (file: string): Counts => {
  const connection = new BetterSqlite(file, { timeout: 2000, fileMustExist: true });
  try {
    connection.pragma('journal_mode = delete');
    const found = connection.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new CopyError(`It is damaged: ${String(found)}.`);
    return countsOf(connection);
  } catch (error) {
    if (!isOfSqlite(error)) throw error;
    throw new CopyError(`It is damaged: ${(error as Error).message}.`, { cause: error });
  } finally {
    connection.close();
  }
};

/** Gives a whole draft its name; false where that name is taken. */
export const placeDraft = (draft: string, file: string): boolean => {
  try {
    // A hard link fails where the name is taken, so nothing is ever written over.
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  rmSync(draft);
  return true;
};

/**
 * Writes a whole draft over a database that nobody else has open, once all of the old one is in
 * `kept`. It is written in place, in one transaction: whoever opens it meanwhile meets a busy
 * database, never two files of one name, and a kill leaves the old one. Only one that is too damaged
 * to be opened is taken away first.
 */
export const replaceDatabase = async (
  draft: string,
  file: string,
  kept: string,
): Promise<'replaced' | 'in use'> => {
  const state = stateOf(file);
  if (state === 'in use') return 'in use';
  copyFileSync(file, kept, constants.COPYFILE_EXCL);
  chmodSync(kept, 0o600);
  if (state === 'alone' && (await writeOver(draft, file))) {
    removeDraft(draft);
    return 'replaced';
  }
  for (const left of leftovers(file)) renameSync(left, kept + left.slice(file.length));
  renameSync(draft, file);
  return 'replaced';
};

const writeOver = async (draft: string, file: string): Promise<boolean> => {
  const connection = new BetterSqlite(draft, { timeout: 2000, fileMustExist: true });
  try {
    await connection.backup(file, { progress: () => ALL_PAGES });
  } catch (error) {
    if (isOfDamage(error)) return false;
    throw error;
  } finally {
    connection.close();
  }
  readBack(file);
  return true;
};

const isOfDamage = (error: unknown): boolean =>
  /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error) ?? '');

/** Whether a bot, a worker or a command has it open, idle ones too. */
export const isInUse = (file: string): boolean => stateOf(file) === 'in use';

/** Who has a database open holds a shared lock on it, so its log is taken away only by who is alone. */
const stateOf = (file: string): 'in use' | 'alone' | 'damaged' => {
  const connection = new BetterSqlite(file, { timeout: 0, fileMustExist: true });
  try {
    connection.pragma('locking_mode = exclusive');
    connection.pragma('journal_mode = delete');
    connection.exec('begin exclusive; commit');
    return 'alone';
  } catch (error) {
    if (isOfDamage(error)) return 'damaged';
    if (codeOf(error)?.startsWith('SQLITE_BUSY') === true) return 'in use';
    throw error;
  } finally {
    connection.close();
  }
};

/** Files of a database that is not there itself: written to by who still has it open, or of a crash. */
export const leftovers = (file: string): string[] =>
  ENDS_OF_A_FILE.slice(1)
    .map((end) => file + end)
    .filter((path) => existsSync(path));
