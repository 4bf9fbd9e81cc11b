import { sql, type Kysely } from 'kysely';

/** Addresses of masked pictures, so that every bot knows those that another one gave. */
export const pictureLinks = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql
      .raw(
        `create table picture_link (
          token_hash text primary key,
          file text not null,
          person_id text not null references person (id),
          action text not null,
          expires_at bigint not null)`,
      )
      .execute(db);
  },
};
