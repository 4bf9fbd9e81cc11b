import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import type { Clock } from '#shared/clock.ts';
import { openFirmDatabase } from '#test/support/firm-database.ts';
import { ON_SQLITE, type Where } from '#test/support/where.ts';

/** Somebody takes the place of a worker that dies. */
const LEAST_WORKERS = 2;

/** What the bots and workers of the sequences have; on a server each has connections of its own. */
export const openStores = async (
  stack: AsyncDisposableStack,
  where: Where = ON_SQLITE,
  clock: Clock,
) => {
  const database = await openFirmDatabase(stack, { where, file: ':memory:' });
  const storesOf = (howMany: number): Promise<Store[]> =>
    Promise.all(
      Array.from({ length: howMany }, async () => ({ db: await database.in(stack), clock })),
    );
  const isApart = database.url !== undefined;
  return {
    db: database.db,
    bots: await storesOf(where.bots),
    workers: await storesOf(Math.max(LEAST_WORKERS, where.workers)),
    isApart,
    /** A file answers at once. */
    isStill: () => (isApart ? untilStill(database.db) : Promise.resolve()),
  };
};

/** Waits until no statement is under way. A session sends its next one while the first look is. */
const untilStill = async (db: Database): Promise<void> => {
  for (let still = 0; still < 2;) {
    const { rows } = await sql<{ busy: number }>`select count(*) as busy from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(
      db,
    );
    still = rows[0]?.busy === 0 ? still + 1 : 0;
  }
};
