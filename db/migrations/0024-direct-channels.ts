import { sql, type Kysely } from 'kysely';

/** The conversation of a person with the bot: a post to the person's id says it, and no lookup does. */
const STATEMENTS = [
  `create table direct_channel (
    slack_user_id text primary key,
    channel text not null
  ) without rowid`,
];

export const directChannels = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
