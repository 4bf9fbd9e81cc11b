import { sql, type Kysely } from 'kysely';

/** Whether the end of a message is shown: where Slack closes it to edits, that is told once more. */
export const final = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql
      .raw('alter table subject_message add column final integer not null default 0')
      .execute(db);
  },
};
