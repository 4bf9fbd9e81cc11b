import { sql } from 'kysely';
import { eachOf } from '#database/dialect.ts';
import { nextId } from '#database/ids.ts';
import type { Store } from '#database/store.ts';
import { SKEW } from '#shared/clock.ts';

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
  const there = async () => {
    const { rows } = await sql<{ source_id: string; id: string }>`
      select source_id, id from background_run
      where source_id in (select value from ${eachOf(sourceIds)} these) and day = ${day}`.execute(
      db,
    );
    return new Map(rows.map(({ source_id, id }) => [source_id, id]));
  };
  const known = await there();
  const missing = sourceIds.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  await db
    .insertInto('background_run')
    .values(
      missing.map((source_id) => ({ id: nextId(clock), source_id, day, created_at: clock() })),
    )
    .onConflict((on) => on.columns(['source_id', 'day']).doNothing())
    .execute();
  return there();
};

/** The day that is under way. */
export interface Today extends WorkDay {
  openBooks: boolean;
  /** What is said to have ended later than this tells nothing of it, epoch ms. */
  upTo: number;
}

/**
 * The newest day that has begun. One that a clock which stood ahead has begun waits for its time; what
 * it queued is taken along by the day under way. A day may begin minutes early: the bot that begins it
 * has another clock than the worker that asks, and the hour that a clock skips begins it at its end.
 */
export const latestDay = async ({ db, clock }: Store): Promise<Today | undefined> => {
  const upTo = clock() + SKEW;
  const row = await db
    .selectFrom('work_day')
    .selectAll()
    .where('starts_at', '<=', upTo)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { day: row.day, startsAt: row.starts_at, openBooks: row.open_books === 1, upTo };
};
