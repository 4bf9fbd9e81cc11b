import { sql, type Kysely } from 'kysely';

/** What Slack shows of sign-ins that ask their holder for a code; never the code. */
const TABLES = [
  // shown: the step of the sign-in that Slack shows; done: nothing more comes.
  `create table code_prompt (
    sign_in_id text primary key references sign_in (id),
    shown text not null,
    done integer not null default 0)`,
  `create index code_prompt_live on code_prompt (sign_in_id) where done = 0`,
];

export const codes = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const table of TABLES) await sql.raw(table).execute(db);
  },
};
