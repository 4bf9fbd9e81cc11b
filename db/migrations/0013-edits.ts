import { sql, type Kysely } from 'kysely';

/** What people changed in Slack that the CRM's own files do not say yet, so that no import undoes it. */
export const edits = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    // JSON by field, "status" or "number": what the CRM said before, when it was changed and by whom.
    await sql.raw(`alter table policy add column edits text`).execute(db);
  },
};
