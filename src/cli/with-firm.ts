import type { Database } from '#database/connection.ts';
import { openAt, whyAbsent, type DatabasePlace } from '#database/place.ts';
import type { Store } from '#database/store.ts';
import type { Clock } from '#shared/clock.ts';

/** The time that bot and workers go by: of the server where there is one, whatever this machine's clock says. */
export const timeOf = async (
  { databaseUrl }: DatabasePlace,
  db: Database,
  here: Clock = Date.now,
): Promise<{ clock: Clock } & Disposable> =>
  databaseUrl === undefined
    ? { clock: here, [Symbol.dispose]: () => undefined }
    : (await import('#database/server-clock.ts')).serverClock(db);

/** Opens the firm's database for one command, and closes it after; the exit code. Says why where there is none. */
export const withFirm = async (
  {
    config,
    say,
    clock,
  }: { config: DatabasePlace; say: (line: string) => void; clock?: Clock | undefined },
  work: (store: Store) => Promise<0 | 1>,
): Promise<0 | 1> => {
  const absent = whyAbsent(config);
  if (absent !== undefined) {
    say(absent);
    return 1;
  }
  const db = await openAt(config);
  try {
    using time = await timeOf(config, db);
    return await work({ db, clock: clock ?? time.clock });
  } finally {
    await db.destroy();
  }
};
