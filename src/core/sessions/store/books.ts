import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { BookEnd, ListingTrouble } from '../book-rules.ts';
import { claimable } from './claims.ts';
import type { Lease } from '#core/logins/standing.ts';

/** Background syncs of the login that may run now, counted up to `most`. */
export const openDaily = async ({ db, clock }: Store, sourceId: string, most: number) => {
  const { rows } = await sql`
      select 1 from ${claimable(clock())} and s.source_id = ${sourceId} and s.priority > 1
      limit ${most}`.execute(db);
  return rows.length;
};

export const lastBook = async (
  { db }: Store,
  sourceId: string,
): Promise<{ readAt: number; ended: BookEnd; entries?: number } | undefined> => {
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
};

/** `entries` of a whole listing; otherwise the number kept before stays. */
export const keepBook = async (
  { db, clock }: Store,
  { source }: Lease,
  { ended, entries, trouble }: { ended: BookEnd; entries?: number; trouble?: ListingTrouble },
) => {
  const row = {
    read_at: clock(),
    ended,
    ...(entries === undefined ? {} : { entries }),
    trouble: trouble === undefined ? null : JSON.stringify(trouble),
    untold: trouble === undefined ? 0 : 1,
  };
  await db
    .insertInto('book_reading')
    .values({ source_id: source.id, entries: null, ...row })
    .onConflict((on) => on.column('source_id').doUpdateSet(row))
    .execute();
};

/** A listing that its worker does not live to see the end of has failed, and another one waits as long. */
export const beginBook = async ({ db, clock }: Store, { source }: Lease) => {
  const row = { read_at: clock(), ended: 'failure' satisfies BookEnd };
  await db
    .insertInto('book_reading')
    .values({ source_id: source.id, entries: null, ...row })
    .onConflict((on) => on.column('source_id').doUpdateSet(row))
    .execute();
};
