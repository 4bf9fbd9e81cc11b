import { sql, type Kysely } from 'kysely';

/** What a person last asked their Home to show, by their Slack account, until Slack has taken it. */
export const homeWishes = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql
      .raw(
        `create table home_wish (
          slack_user_id text primary key,
          state text not null,
          at bigint not null)`,
      )
      .execute(db);
  },
};
