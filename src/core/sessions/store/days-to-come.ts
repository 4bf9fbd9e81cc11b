import { isOpen } from '#database/dialect.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import { breathe, SKEW } from '#shared/clock.ts';
import { latestDay, type Today } from './background-runs.ts';

/**
 * A linked login's day is one mark on its link until a session of it begins, and a row a policy from
 * then on. Whoever tells of what waits counts both.
 */

/** Since when the linked login `l` waits for a session to begin its day, epoch ms; null: it does not. */
export const dayWantedAt = (now: number): RawBuilder<number | null> => sql<number | null>`
  (select d.day_wanted_at from login_link d
    where d.source_id = l.id and d.linked = 1
      and exists (select 1 from work_day w where w.starts_at <= ${now + SKEW}))`;

/** Policies that are looked at before others have their turn. */
const SLICE = 500;

/** Of the next policies at home at a login: how many were seen and wait for their day, and the last. */
const nextToCome = async (
  { db }: Store,
  { startsAt, upTo }: Today,
  sourceId: string,
  after: string,
): Promise<{ seen: number; waiting: number; last: string }> => {
  const { rows } = await sql<{ seen: number; waiting: number; last: string | null }>`
    select count(*) as seen, max(p.id) as last, count(case when r.syncable = 1
        and r.last_attempt_at not between ${startsAt} and ${upTo}
        and not exists (select 1 from sync s where s.policy_id = p.id and s.source_id = ${sourceId}
          and ${isOpen('s')})
      then 1 end) as waiting
    from (select id from policy where home_source_id = ${sourceId} and id > ${after}
      order by id limit ${SLICE}) p left join policy_report r on r.policy_id = p.id`.execute(db);
  const [{ seen, waiting, last } = { seen: 0, waiting: 0, last: null }] = rows;
  return { seen, waiting, last: last ?? after };
};

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
  let waiting = 0;
  let unbreathed = 0;
  for (const sourceId of await sourcesWantingDay(store, carrierId))
    for (let next = { seen: SLICE, last: '' }; next.seen === SLICE;) {
      const found = await nextToCome(store, today, sourceId, next.last);
      waiting += found.waiting;
      if (waiting >= most) return most;
      next = found;
      unbreathed += found.seen;
      if (unbreathed < SLICE) continue;
      unbreathed = 0;
      await breathe();
    }
  return waiting;
};

/** Linked logins whose day no session has begun, of one carrier or of all. */
export const sourcesWantingDay = async (
  { db }: Store,
  carrierId?: string,
): Promise<readonly string[]> => {
  const wanting = db
    .selectFrom('login_link as k')
    .innerJoin('login_source as l', 'l.id', 'k.source_id')
    .select('l.id')
    .where('k.day_wanted_at', 'is not', null)
    .where('k.linked', '=', 1)
    .where('l.removed_at', 'is', null);
  const there = carrierId === undefined ? wanting : wanting.where('l.carrier_id', '=', carrierId);
  return (await there.execute()).map(({ id }) => id);
};

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
