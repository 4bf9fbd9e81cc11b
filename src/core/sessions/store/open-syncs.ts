import { isOpen } from '#database/dialect.ts';
import { sql } from 'kysely';
import { claimable } from './claims.ts';
import { policiesToCome } from './days-to-come.ts';
import { isFree } from '#core/logins/store/lease.ts';
import type { Store } from '#database/store.ts';

/** More are counted as this many: a scrape must not walk a whole firm's day. */
const MOST = 10_000;
const MOST_FORCED = 1000;

interface Times {
  created_at: number;
  not_before: number;
  linked_at: number | null;
}

/** The moment from which nothing but its turn kept it waiting. */
const couldRunAt = ({ created_at, not_before, linked_at }: Times): number =>
  Math.max(created_at, not_before, linked_at ?? 0);

/** How long a sync waited for its turn, ms; undefined when it is gone. */
export const waitOf = async ({ db, clock }: Store, syncId: string): Promise<number | undefined> => {
  const row = await db
    .selectFrom('sync as s')
    .innerJoin('login_link as k', 'k.source_id', 's.source_id')
    .select(['s.created_at', 's.not_before', 'k.linked_at'])
    .where('s.id', '=', syncId)
    .executeTakeFirst();
  return row === undefined ? undefined : Math.max(0, clock() - couldRunAt(row));
};

/** Of a carrier, forced syncs that only wait for a worker, and how long the first has, ms. */
export interface ForcedWaiting {
  carrierId: string;
  waiting: number;
  oldestMs: number;
}

/** What waits for a worker now: not for a link, a hold, a pause, a later time, or its own login. */
export const forcedWaiting = async ({ db, clock }: Store): Promise<readonly ForcedWaiting[]> => {
  const now = clock();
  const { rows } = await sql<Times & { carrier_id: string }>`
    select l.carrier_id, s.created_at, s.not_before,
      (select linked_at from login_link where source_id = l.id) as linked_at
    from ${claimable(now)} and s.priority = 1 and ${isFree(now)} limit ${MOST_FORCED}`.execute(db);
  return [...Map.groupBy(rows, (row) => row.carrier_id)].map(([carrierId, of]) => ({
    carrierId,
    waiting: of.length,
    oldestMs: Math.max(...of.map((row) => Math.max(0, now - couldRunAt(row)))),
  }));
};

/** Open syncs of the day, those that no session has begun with too, 10,000 at most. */
export const dailyOpen = async (store: Store): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (
      select 1 from sync where ${isOpen()} and priority = 100
      limit ${MOST}) as first`.execute(store.db);
  const begun = rows[0]?.n ?? 0;
  return begun < MOST ? begun + (await policiesToCome(store, { most: MOST - begun })) : begun;
};

/** Carriers that are paused. */
export const pausedCarriers = async ({ db }: Store): Promise<readonly string[]> =>
  (
    await db.selectFrom('carrier').select('id').where('paused_reason', 'is not', null).execute()
  ).map(({ id }) => id);
