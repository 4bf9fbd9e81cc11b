import type { Database } from '#database/connection.ts';
import { nextId } from '#database/ids.ts';
import type { Store } from '#database/store.ts';

/** A day of background work; what ended since `startsAt` (epoch ms) is done for it. */
export interface WorkDay {
  /** ISO date */
  day: string;
  startsAt: number;
}

/** Makes the runs of these logins for a day where they are not there yet; their ids either way. */
export const runsOf = async (
  { db, clock }: Store,
  sourceIds: readonly string[],
  day: string,
): Promise<ReadonlyMap<string, string>> => {
  if (sourceIds.length === 0) return new Map();
  const there = () =>
    db
      .selectFrom('background_run')
      .select(['source_id', 'id'])
      .where('source_id', 'in', sourceIds)
      .where('day', '=', day)
      .execute();
  const known = new Set((await there()).map(({ source_id }) => source_id));
  const missing = sourceIds.filter((id) => !known.has(id));
  if (missing.length > 0)
    await db
      .insertInto('background_run')
      .values(
        missing.map((source_id) => ({ id: nextId(clock), source_id, day, created_at: clock() })),
      )
      .onConflict((on) => on.columns(['source_id', 'day']).doNothing())
      .execute();
  return new Map((await there()).map(({ source_id, id }) => [source_id, id]));
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
