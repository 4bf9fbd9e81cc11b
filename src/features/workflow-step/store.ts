import type { Clock } from '#shared/clock.ts';
import type { WorkflowStepStore } from './workflow-step.ts';
import type { Database } from '#database/connection.ts';

export const workflowStepStore = (db: Database, clock: Clock): WorkflowStepStore => ({
  addStep: async (executionId, requestId) => {
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
  },

  openSteps: async (requestId) =>
    (
      await db
        .selectFrom('workflow_step')
        .select('execution_id')
        .where('request_id', '=', requestId)
        .where('completed_at', 'is', null)
        .execute()
    ).map((row) => row.execution_id),

  finishStep: async (executionId) => {
    await db
      .updateTable('workflow_step')
      .set({ completed_at: clock() })
      .where('execution_id', '=', executionId)
      .execute();
  },

  requestsOfSteps: async (limit) =>
    (
      await db
        .selectFrom('workflow_step as w')
        .innerJoin('request as r', 'r.id', 'w.request_id')
        .select('r.id')
        .distinct()
        .where('w.completed_at', 'is', null)
        .where('r.ended_at', 'is not', null)
        .limit(limit)
        .execute()
    ).map(({ id }) => id),
});
