import { isOpen, noIndex } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';

/** A step and what it waits for: a policy of a request that may hold others too. */
export interface Asked {
  requestId: string;
  policyId: string;
}

/** The same execution again changes nothing. */
export const addStep = async (
  { db, clock }: Store,
  executionId: string,
  { requestId, policyId }: Asked,
) => {
  await db
    .insertInto('workflow_step')
    .values({
      execution_id: executionId,
      request_id: requestId,
      policy_id: policyId,
      created_at: clock(),
      completed_at: null,
    })
    .onConflict((on) => on.column('execution_id').doNothing())
    .execute();
};

/** Executions that wait for this request, each for its policy; null for the first, of an earlier release. */
export const openSteps = (
  { db }: Store,
  requestId: string,
): Promise<readonly { executionId: string; policyId: string | null }[]> =>
  db
    .selectFrom('workflow_step')
    .select(['execution_id as executionId', 'policy_id as policyId'])
    .where('request_id', '=', requestId)
    .where('completed_at', 'is', null)
    .execute();

export const finishStep = async ({ db, clock }: Store, executionId: string): Promise<void> => {
  await db
    .updateTable('workflow_step')
    .set({ completed_at: clock() })
    .where('execution_id', '=', executionId)
    .execute();
};

/** Requests in which what a step waits for has ended, the newest first, as some are refused for good. */
export const requestsOfSteps = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('workflow_step as w')
      .innerJoin('request as r', 'r.id', 'w.request_id')
      .select('w.request_id as id')
      .distinct()
      .where('w.completed_at', 'is', null)
      .where((is) =>
        is.or([
          is('r.ended_at', 'is not', null),
          is.exists(
            is
              .selectFrom('request_sync as rs')
              .innerJoin('sync as s', 's.id', 'rs.sync_id')
              .select('s.id')
              .whereRef('rs.request_id', '=', 'w.request_id')
              // By the card's few syncs, not by all that ever were of the policy.
              .where(noIndex('s.policy_id'), '=', is.ref('w.policy_id'))
              .where((its) =>
                its.or([its('rs.cancelled_at', 'is not', null), its.not(isOpen('s'))]),
              ),
          ),
        ]),
      )
      .orderBy('w.request_id', 'desc')
      .limit(limit)
      .execute()
  ).map(({ id }) => id);
