import { sql, type Kysely } from 'kysely';

/** Who took it off the queue: a manager may do so for somebody else, and is named then. */
const STATEMENTS = [`alter table request_sync add column cancelled_by text references person (id)`];

export const cancelledBy = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
