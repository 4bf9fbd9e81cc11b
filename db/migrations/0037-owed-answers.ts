import { sql, type Kysely } from 'kysely';

/** To whom an answer is owed, and where they asked, from the ack of an act until it is answered. */
const STATEMENTS = [
  `alter table handled add column owed_to text`,
  `alter table handled add column owed_in text`,
  `create index handled_owed on handled (at) where owed_to is not null`,
];

export const owedAnswers = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
