import { sql, type Kysely } from 'kysely';

/** What each day's digest counted, for the difference to the next. */
const STATEMENTS = [
  // at: when it was counted; counts: JSON, numbers by name.
  `create table digest_count (
    day text not null,
    carrier_id text not null,
    at bigint not null,
    counts text not null,
    primary key (day, carrier_id))`,
];

export const digest = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
