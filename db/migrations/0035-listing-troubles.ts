import { sql, type Kysely } from 'kysely';

/** What was wrong with the newest listing of a login's book, and whether operators know of it. */
export const listingTroubles = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of [
      `alter table book_reading add column trouble text`,
      `alter table book_reading add column untold integer not null default 0`,
      `create index book_reading_trouble on book_reading (read_at) where trouble is not null`,
      `create index book_reading_untold on book_reading (source_id) where untold = 1`,
    ])
      await sql.raw(statement).execute(db);
  },
};
