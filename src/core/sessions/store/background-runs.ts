import type { Database } from '#database/connection.ts';

/** A day of background work; what ended since `startsAt` (epoch ms) is done for it. */
export interface WorkDay {
  /** ISO date */
  day: string;
  startsAt: number;
}

/** Makes the run of (source, day) if it is not there yet; its id either way. */
export const runOf = async (
  db: Database,
  nextId: () => string,
  now: number,
  { sourceId, day }: { sourceId: string; day: string },
) => {
  await db
    .insertInto('background_run')
    .values({ id: nextId(), source_id: sourceId, day, created_at: now })
    .onConflict((on) => on.columns(['source_id', 'day']).doNothing())
    .execute();
  const run = await db
    .selectFrom('background_run')
    .select('id')
    .where('source_id', '=', sourceId)
    .where('day', '=', day)
    .executeTakeFirstOrThrow();
  return run.id;
};

export const latestDay = async (
  db: Database,
): Promise<(WorkDay & { openBooks: boolean }) | undefined> => {
  const row = await db
    .selectFrom('work_day')
    .selectAll()
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { day: row.day, startsAt: row.starts_at, openBooks: row.open_books === 1 };
};
