import { SKEW } from '#shared/clock.ts';
import type { Store } from './store.ts';

/**
 * Newest day (ISO) for which the task was done, up to `today`: a clock that once stood years ahead has
 * left days that have not come.
 */
export const lastDone = async (
  { db }: Store,
  task: string,
  today: string,
): Promise<string | undefined> => {
  const row = await db
    .selectFrom('task_run')
    .select('day')
    .where('task', '=', task)
    .where('day', '<=', today)
    .where('done_at', 'is not', null)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.day;
};

/** One process of several gets it; one that died with it loses it after `staleMs`. */
export const claimTask = async (
  { db, clock }: Store,
  task: string,
  day: string,
  staleMs: number,
) => {
  const now = clock();
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('task_run')
    .values({ task, day, claimed_at: now, done_at: null })
    .onConflict((on) =>
      on
        .columns(['task', 'day'])
        .doUpdateSet({ claimed_at: now })
        .where('task_run.done_at', 'is', null)
        .where('task_run.claimed_at', '<=', now - staleMs),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
};

export const finishTask = async ({ db, clock }: Store, task: string, day: string) => {
  await db
    .updateTable('task_run')
    .set({ done_at: clock() })
    .where('task', '=', task)
    .where('day', '=', day)
    .execute();
};

/** What a clock that stood ahead began is nothing that was done: each day is begun anew as it comes. */
export const forgetAhead = async ({ db, clock }: Store): Promise<void> => {
  await db
    .deleteFrom('task_run')
    .where('claimed_at', '>', clock() + SKEW)
    .execute();
};

/** When a task of a day (ISO) before this one was last begun, epoch ms. */
export const lastBegun = async ({ db }: Store, before: string): Promise<number | undefined> => {
  const row = await db
    .selectFrom('task_run')
    .select(({ fn }) => fn.max('claimed_at').as('at'))
    .where('day', '<', before)
    .executeTakeFirst();
  return row?.at ?? undefined;
};

/** Forgets of days (ISO) before this one that they began, what was done, and what the digests counted. */
export const forgetDays = async ({ db }: Store, before: string) => {
  await db.deleteFrom('work_day').where('day', '<', before).execute();
  await db.deleteFrom('task_run').where('day', '<', before).execute();
  await db.deleteFrom('digest_count').where('day', '<', before).execute();
};
