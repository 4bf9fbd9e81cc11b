import { sql, type Kysely } from 'kysely';

/** Policies outside their book whose whole number somebody named, and until when they may see them. */
export const namedPolicy = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql
      .raw(
        `create table named_policy (
          person_id text not null references person (id),
          policy_id text not null references policy (id),
          until bigint not null,
          primary key (person_id, policy_id)) without rowid`,
      )
      .execute(db);
    await sql.raw(`create index named_policy_until on named_policy (until)`).execute(db);
  },
};
