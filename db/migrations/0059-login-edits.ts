import { sql, type Kysely } from 'kysely';
import type { Step } from '../step.ts';

/** As of policy.edits, of the fields "name" and "shared_with". */
export const loginEdits: Step = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(`alter table login_source add column edits text`).execute(db);
  },
};
