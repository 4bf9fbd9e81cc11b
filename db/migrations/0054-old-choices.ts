import { sql, type Kysely } from 'kysely';

/** Each night looks for what people said of their calendars long ago. */
export const oldChoices = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(`create index calendar_choice_at on calendar_choice (at)`).execute(db);
  },
};
