import { sql } from 'kysely';
import { MINUTE, type Clock } from '#shared/clock.ts';
import type { Database } from './connection.ts';

/** Two readings that differ by less differ by the way to the server, and time goes on evenly. */
const SAME_MS = 50;
/** A process that begins may see an answer seconds late; of several, the quickest counts. */
const READINGS = 3;

/**
 * The time of a Postgres, for all processes that lean on it: until when a lease lasts must mean the same
 * on each machine, whatever its own clock says. It is read at the start and each minute; between two
 * readings it goes on by what elapses here, which nobody sets. It is behind by the way of the answer,
 * never ahead: who is behind takes a lease too late, and what it writes after its own has ended the
 * fence refuses.
 */
export const serverClock = async (
  db: Database,
  elapsed: () => number = () => performance.now(),
): Promise<{ clock: Clock } & Disposable> => {
  const readOnce = async (): Promise<number> => {
    const { rows } = await sql<{ ms: number }>`
      select floor(extract(epoch from clock_timestamp()) * 1000) as ms`.execute(db);
    return (rows[0]?.ms ?? 0) - elapsed();
  };
  const read = async (): Promise<number> => {
    let best = -Infinity;
    for (let nth = 0; nth < READINGS; nth += 1) best = Math.max(best, await readOnce());
    return best;
  };
  let began = await read();
  const again = async (): Promise<void> => {
    const now = await read();
    if (Math.abs(now - began) > SAME_MS) began = now;
  };
  // A server that does not answer is asked again in a minute.
  const timer = setInterval(() => void again().catch(() => undefined), MINUTE).unref();
  return {
    clock: () => Math.floor(began + elapsed()),
    [Symbol.dispose]: () => clearInterval(timer),
  };
};
