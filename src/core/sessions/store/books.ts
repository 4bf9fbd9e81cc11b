import { sql } from 'kysely';
import type { BookEnd } from '../book-rules.ts';
import type { BookStore } from '../book.ts';
import type { Clock } from '#shared/clock.ts';
import { claimable } from './claims.ts';
import type { Database } from '#database/connection.ts';

export const bookStore = (db: Database, clock: Clock): Omit<BookStore, 'knownValues'> => ({
  openDaily: async (sourceId, most) => {
    const { rows } = await sql`
      select 1 from ${claimable(clock())} and s.source_id = ${sourceId} and s.priority > 1
      limit ${most}`.execute(db);
    return rows.length;
  },

  lastBook: async (sourceId) => {
    const row = await db
      .selectFrom('book_reading')
      .selectAll()
      .where('source_id', '=', sourceId)
      .executeTakeFirst();
    return (
      row && {
        readAt: row.read_at,
        ended: row.ended as BookEnd,
        ...(row.entries === null ? {} : { entries: row.entries }),
      }
    );
  },

  keepBook: async ({ source }, { ended, entries }) => {
    const row = { read_at: clock(), ended, ...(entries === undefined ? {} : { entries }) };
    await db
      .insertInto('book_reading')
      .values({ source_id: source.id, entries: null, ...row })
      .onConflict((on) => on.column('source_id').doUpdateSet(row))
      .execute();
  },
});
