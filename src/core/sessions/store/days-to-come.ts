import { isOpen } from '#database/dialect.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import { SKEW } from '#shared/clock.ts';
import { latestDay } from './background-runs.ts';

/**
 * A linked login's day is one mark on its link until a session of it begins, and a row a policy from
 * then on. Whoever tells of what waits counts both.
 */

/** Since when the linked login `l` waits for a session to begin its day, epoch ms; null: it does not. */
export const dayWantedAt = (now: number): RawBuilder<number | null> => sql<number | null>`
  (select d.day_wanted_at from login_link d
    where d.source_id = l.id and d.linked = 1
      and exists (select 1 from work_day w where w.starts_at <= ${now + SKEW}))`;

/**
 * Policies at home at linked logins whose day no session has begun, of one carrier or of all, counted
 * up to `most`. One that is read on business days alone, or weekly, counts on the others too.
 */
export const policiesToCome = async (
  store: Store,
  { carrierId, most }: { carrierId?: string; most: number },
): Promise<number> => {
  const today = await latestDay(store);
  if (today === undefined) return 0;
  const there = carrierId === undefined ? sql`` : sql`and l.carrier_id = ${carrierId}`;
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (
      select 1 from login_link k join login_source l on l.id = k.source_id
        join policy p on p.home_source_id = k.source_id
        join policy_report r on r.policy_id = p.id
      where k.day_wanted_at is not null and k.linked = 1 and l.removed_at is null ${there}
        and r.syncable = 1
        and r.last_attempt_at not between ${today.startsAt} and ${today.upTo}
        and not exists (select 1 from sync s where s.policy_id = p.id and s.source_id = k.source_id
          and ${isOpen('s')})
      limit ${most}) as first`.execute(store.db);
  return rows[0]?.n ?? 0;
};

/** Linked logins whose day no session has begun. */
export const sourcesWantingDay = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('login_link as k')
      .innerJoin('login_source as l', 'l.id', 'k.source_id')
      .select('l.id')
      .where('k.day_wanted_at', 'is not', null)
      .where('k.linked', '=', 1)
      .where('l.removed_at', 'is', null)
      .limit(limit)
      .execute()
  ).map(({ id }) => id);

export interface WantedDay {
  id: string;
  /** Epoch ms */
  at: number;
  /** Its link made it want one, and not the day's beginning. */
  byLink: boolean;
}

const wanted = (db: Database, linked: 0 | 1) =>
  db
    .selectFrom('login_link')
    .select(['source_id', 'day_wanted_at', 'linked_at'])
    .where('linked', '=', linked)
    .where('day_wanted_at', 'is not', null);

const asWanted = (row: {
  source_id: string;
  day_wanted_at: number | null;
  linked_at: number | null;
}): WantedDay => ({
  id: row.source_id,
  at: row.day_wanted_at ?? 0,
  byLink: row.day_wanted_at === row.linked_at,
});

/** The day that this linked login waits for. */
export const wantedDayOf = async (
  { db }: Store,
  sourceId: string,
): Promise<WantedDay | undefined> => {
  const row = await wanted(db, 1).where('source_id', '=', sourceId).executeTakeFirst();
  return row && asWanted(row);
};

/** Logins that lost their link before a session began their day. */
export const unlinkedWantingDay = async ({ db }: Store, limit: number): Promise<WantedDay[]> =>
  (await wanted(db, 0).orderBy('source_id').limit(limit).execute()).map(asWanted);
