import type { Store } from '#database/store.ts';

/** The same execution again changes nothing. */
export const addStep = async ({ db, clock }: Store, executionId: string, requestId: string) => {
  await db
    .insertInto('workflow_step')
    .values({
      execution_id: executionId,
      request_id: requestId,
      created_at: clock(),
      completed_at: null,
    })
    .onConflict((on) => on.column('execution_id').doNothing())
    .execute();
};

/** Executions that wait for this request. */
export const openSteps = async ({ db }: Store, requestId: string): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('workflow_step')
      .select('execution_id')
      .where('request_id', '=', requestId)
      .where('completed_at', 'is', null)
      .execute()
  ).map((row) => row.execution_id);

export const finishStep = async ({ db, clock }: Store, executionId: string): Promise<void> => {
  await db
    .updateTable('workflow_step')
    .set({ completed_at: clock() })
    .where('execution_id', '=', executionId)
    .execute();
};

/** Ended requests that a step still waits for, the newest first, as some are refused for good. */
export const requestsOfSteps = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('workflow_step as w')
      .innerJoin('request as r', 'r.id', 'w.request_id')
      .select('w.request_id as id')
      .distinct()
      .where('w.completed_at', 'is', null)
      .where('r.ended_at', 'is not', null)
      .orderBy('w.request_id', 'desc')
      .limit(limit)
      .execute()
  ).map(({ id }) => id);
