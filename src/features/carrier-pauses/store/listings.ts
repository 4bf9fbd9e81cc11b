import { sql } from 'kysely';
import type { ListingTrouble } from '#core/sessions/book-rules.ts';
import type { Store } from '#database/store.ts';

/** A login whose newest listing was not understood, or not believed. */
export interface TroubledListing {
  login: string;
  trouble: ListingTrouble;
}

/** Carriers with a listing that operators do not know of. */
export const carriersWithUntold = async ({ db }: Store): Promise<{ id: string; name: string }[]> =>
  db
    .selectFrom('book_reading as b')
    .innerJoin('login_source as l', 'l.id', 'b.source_id')
    .innerJoin('carrier as c', 'c.id', 'l.carrier_id')
    .select(['c.id', 'c.name'])
    .distinct()
    .where('b.untold', '=', sql.lit(1))
    .execute();

/** What is wrong with listings of a carrier since then, oldest first; from now on operators know it. */
export const takeTroubles = (
  { db }: Store,
  carrierId: string,
  since: number,
): Promise<TroubledListing[]> =>
  db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('book_reading as b')
      .innerJoin('login_source as l', 'l.id', 'b.source_id')
      .select(['b.source_id', 'l.name as login', 'b.trouble'])
      .where('b.trouble', 'is not', null)
      .where('b.read_at', '>', since)
      .where('l.carrier_id', '=', carrierId)
      .orderBy('b.read_at')
      .execute();
    await trx
      .updateTable('book_reading')
      .set({ untold: 0 })
      .where('untold', '=', sql.lit(1))
      .where('source_id', 'in', (of) =>
        of.selectFrom('login_source').select('id').where('carrier_id', '=', carrierId),
      )
      .execute();
    return rows.map(({ login, trouble }) => ({
      login,
      trouble: JSON.parse(trouble ?? '') as ListingTrouble,
    }));
  });
