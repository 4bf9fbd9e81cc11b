import { sql, type Kysely } from 'kysely';

/** A card may be a reply: in the thread where people asked for it. */
export const threads = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    // Slack's ts of the message that the thread hangs on.
    await sql.raw(`alter table request add column thread_ts text`).execute(db);
  },
};
