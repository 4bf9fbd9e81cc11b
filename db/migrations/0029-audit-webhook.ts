import { sql, type Kysely } from 'kysely';
import { CORRECTED } from './0011-webhook.ts';

/** The audit was made anew by 0020, and a table takes its triggers with it. */
export const auditWebhook = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(CORRECTED).execute(db);
  },
};
