import { sql, type Kysely } from 'kysely';

/**
 * The policy that a step of a workflow asked for: its request may be a card of several. None where an
 * earlier release wrote the step, which takes the first of its request.
 */
export const stepPolicy = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(`alter table workflow_step add column policy_id text`).execute(db);
  },
};
