import { sql, type Kysely } from 'kysely';

/** The process of the bot that handles an act now; nobody once it was handled. */
const STATEMENTS = [`alter table handled add column claimed_by text`];

export const claimedActs = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
