import { sql, type Kysely } from 'kysely';

/** By these, what is old is found to be of no more use without a walk over what refers to it. */
const STATEMENTS = [
  `create index policy_value_sync on policy_value (sync_id)`,
  `create index held_value_sync on held_value (sync_id)`,
  `create index support_case_sync on support_case (sync_id)`,
  `create index link_request on link (request_id) where request_id is not null`,
  `create index meeting_request_request on meeting_request (request_id)`,
  `create index workflow_step_request on workflow_step (request_id)`,
];

export const retention = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
