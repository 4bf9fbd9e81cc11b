import { sql } from 'kysely';
import type { ListingTrouble } from '#core/sessions/book-rules.ts';
import type { Store } from '#database/store.ts';
import { putNotification } from '#features/notifications/store.ts';
import { exchangeDay } from '#shared/calendar.ts';
import { DAY } from '#shared/clock.ts';

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

/**
 * Writes what is wrong with listings of a carrier in the last day, oldest first, to its notice of today:
 * from now on operators know it. Undefined where another bot has written it.
 */
export const writeTroubles = (
  { db, clock }: Store,
  carrier: { id: string; name: string },
  channel: string,
): Promise<string | undefined> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const { numUpdatedRows } = await trx
      .updateTable('book_reading')
      .set({ untold: 0 })
      .where('untold', '=', sql.lit(1))
      .where('source_id', 'in', (of) =>
        of.selectFrom('login_source').select('id').where('carrier_id', '=', carrier.id),
      )
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    const rows = await trx
      .selectFrom('book_reading as b')
      .innerJoin('login_source as l', 'l.id', 'b.source_id')
      .select(['l.name as login', 'b.trouble'])
      .where('b.trouble', 'is not', null)
      .where('b.read_at', '>', now - DAY)
      .where('l.carrier_id', '=', carrier.id)
      .orderBy('b.read_at')
      .execute();
    if (rows.length === 0) return undefined;
    const logins = rows.map(({ login, trouble }) => ({
      login,
      trouble: JSON.parse(trouble ?? '') as ListingTrouble,
    }));
    return putNotification(
      { db: trx, clock },
      {
        kind: 'listing-trouble',
        name: `${carrier.id}:${exchangeDay(now)}`,
        channel,
        about: { carrier, logins },
      },
    );
  });
