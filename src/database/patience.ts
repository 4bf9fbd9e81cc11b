import { setTimeout } from 'node:timers/promises';

/** The driver's own word for it; empty where it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * Of Postgres: lost against another transaction, waited for one that waits for this, or for too long, or
 * taken back as its process stood still.
 */
const LOST = new Set(['40001', '40P01', '55P03', '25P03']);

/** Nothing was written, and the same may be written a moment later. */
export const isLost = (error: unknown): boolean =>
  codeOf(error).startsWith('SQLITE_BUSY') || LOST.has(codeOf(error));

/**
 * Of Postgres: it stops, it starts, it has no room for a connection, for memory or on its disk, it only
 * reads for now, it ended what took too long, or a connection broke. Else of the way to it.
 */
const AWAY =
  /^(57P0[123]|57014|25006|53[123]00|08\w{3}|E(CONNRESET|CONNREFUSED|CONNABORTED|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN|NOTFOUND|AI_AGAIN))$/;
/** What the driver says by itself has no code. */
const BROKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Postgres connection has been discarded)/;

/** The server was away, or went away: whether it was carried out is not known. */
const isBroken = (error: unknown): boolean =>
  AWAY.test(codeOf(error)) || (error instanceof Error && BROKEN.test(error.message));

const FIRST_MS = 10;
const LONGEST_MS = 500;

/** Tries again while the database is busy with another process. Between two tries nothing is blocked. */
export const whileBusy = async <T>(
  write: () => Promise<T>,
  /** How long the rests between two tries may be together. */
  patienceMs: number,
  isPassing: (error: unknown) => boolean = isLost,
): Promise<T> => {
  let waited = 0;
  for (let wait = FIRST_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
    try {
      return await write();
    } catch (error) {
      if (!isPassing(error) || waited >= patienceMs) throw error;
      await setTimeout(wait);
      waited += wait;
    }
  }
};

const PATIENCE_MS = 10 * 60_000;

/**
 * Writes what must not be lost, such as the answer to a password: it is tried again for ten minutes
 * while the database is busy, away or starting. What broke off may have been carried out, so `write`
 * does the same when it runs a second time.
 */
export const untilWritten = <T>(write: () => Promise<T>): Promise<T> => {
  const began = performance.now();
  const isPassing = (error: unknown): boolean =>
    isLost(error) || (isBroken(error) && performance.now() - began < PATIENCE_MS);
  return whileBusy(write, PATIENCE_MS, isPassing);
};
