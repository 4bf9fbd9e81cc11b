import type { Clock } from '#shared/clock.ts';
import type { TaskStore } from './heartbeat.ts';
import type { Database } from '#database/connection.ts';

export const taskStore = (db: Database, clock: Clock): TaskStore => ({
  lastDone: async (task) => {
    const row = await db
      .selectFrom('task_run')
      .select('day')
      .where('task', '=', task)
      .where('done_at', 'is not', null)
      .orderBy('day', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.day;
  },

  claimTask: async (task, day, staleMs) => {
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
  },

  finishTask: async (task, day) => {
    await db
      .updateTable('task_run')
      .set({ done_at: clock() })
      .where('task', '=', task)
      .where('day', '=', day)
      .execute();
  },
});
