import { sql, type Kysely } from 'kysely';

/** Steps of workflows that wait for a request, so that a restart forgets none. */
const TABLES = [
  `create table workflow_step (
    execution_id text primary key,
    request_id text not null references request (id),
    created_at bigint not null,
    completed_at bigint)`,
  `create index workflow_step_open on workflow_step (request_id) where completed_at is null`,
];

export const steps = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const table of TABLES) await sql.raw(table).execute(db);
  },
};
