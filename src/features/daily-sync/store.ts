import type { Store } from '#database/store.ts';
import { wantDay } from '#core/logins/store/link.ts';
import { lockLogins } from '#database/locks.ts';
import type { WorkDay } from '#core/sessions/store/background-runs.ts';
export const beginDay = async (
  { db }: Store,
  { day, startsAt, openBooks }: WorkDay & { openBooks: boolean },
) => {
  await db
    .insertInto('work_day')
    .values({ day, starts_at: startsAt, open_books: openBooks ? 1 : 0 })
    .onConflict((on) => on.column('day').doNothing())
    .execute();
};

/** The day of these logins begins: the linked ones of them, whose sessions queue it. */
export const beginDayOf = (
  { db, clock }: Store,
  sourceIds: readonly string[],
): Promise<ReadonlySet<string>> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, sourceIds);
    return wantDay(trx, clock(), sourceIds);
  });

/** Logins that are not removed, in order of id, after one of them. */
export const sourcesInUse = async ({ db }: Store, after: string, limit: number) =>
  (
    await db
      .selectFrom('login_source')
      .select('id')
      .where('removed_at', 'is', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute()
  ).map(({ id }) => id);

/** Carriers with logins that are not removed. */
export const carriersInUse = async ({ db }: Store): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('login_source')
      .select('carrier_id')
      .distinct()
      .where('removed_at', 'is', null)
      .execute()
  ).map(({ carrier_id }) => carrier_id);
