import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import type { Database } from './connection.ts';

/** What the thread is given. */
export interface Checkpointed {
  file: string;
  everyMs: number;
  /** For writers, who wait for it in turn. */
  waitsMs: number;
  /** A log of more pages than these is begun anew, even where others have to wait for that. */
  manyPages: number;
}

const EVERY_MS = 1000;
const WAITS_MS = 200;
/** 64 MiB. */
const MANY_PAGES = 16_384;
/** What SQLite does by itself: the commit that comes to so many pages brings them into the file. */
const BY_ITSELF = 1000;

/**
 * Brings what the log of an SQLite file (the WAL) holds into the file, in a thread: whoever commits the
 * thousandth page would do it else, and its process does nothing else until the disk has it all. That was
 * seen to take most of a second. Where the thread ends, SQLite does it by itself again.
 */
export const startCheckpoints = async (
  db: Database,
  file: string,
  onProblem: (problem: unknown) => void,
  { everyMs = EVERY_MS, manyPages = MANY_PAGES }: Partial<Checkpointed> = {},
): Promise<AsyncDisposable> => {
  const automatic = (pages: number) =>
    sql`pragma wal_autocheckpoint = ${sql.lit(pages)}`.execute(db);
  const thread = new Worker(new URL('./checkpoint-thread.mjs', import.meta.url), {
    env: {},
    execArgv: [],
    workerData: { file, everyMs, waitsMs: WAITS_MS, manyPages } satisfies Checkpointed,
  });
  thread.on('message', onProblem);
  const byItself = async (why: unknown): Promise<void> => {
    onProblem(why);
    await automatic(BY_ITSELF).catch(onProblem);
  };
  thread.on('error', (why) => void byItself(why));
  const ended = new Promise((resolve) => thread.once('exit', resolve));
  thread.unref();
  await automatic(0);
  return {
    [Symbol.asyncDispose]: async () => {
      thread.ref();
      thread.postMessage('end');
      await ended;
    },
  };
};
