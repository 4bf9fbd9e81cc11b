import type { Store } from '#database/store.ts';
import { touchRequests, touchRequestsOf } from '#database/touch.ts';
import { sql } from 'kysely';
import { indexedBy, isOpen, isQueued, locked } from '#database/dialect.ts';
import { claimable, runnable } from './claims.ts';
import { dayWantedAt } from './days-to-come.ts';
import { inLane } from './lanes.ts';
import { REST, type Lane } from '#queue/sessions.ts';
import { WAITS_FOR_LINK_MS } from '#core/logins/standing.ts';
import { isFree } from '#core/logins/store/lease.ts';
import { isLinked } from '#core/logins/store/link.ts';

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

/** Sources with forced work (or a person's sign-in) that may run, and no live lease. */
export const sourcesWithForced = async ({ db, clock }: Store): Promise<readonly string[]> => {
  const now = clock();
  const { rows } = await sql<{ id: string }>`
      select distinct s.source_id as id from ${claimable(now)}
        and s.priority = 1 and ${isFree(now)}
      union
      select i.source_id as id from sign_in i
        where i.finished_at is null and ${isFree(now, 'i.source_id')}`.execute(db);
  return ids(rows);
};

/** Logins of one statement: whoever waits goes in between. */
const LOGINS_AT_ONCE = 250;

/** The same for background work, longest waiting first; a day that is under way is ended first. */
// A look at each login's own stretch of the index: sorting every open sync takes too long.
export const sourcesWithDaily = async (store: Store, limit: number, lane = REST) => {
  if (!(await anyDaily(store))) return [];
  const found: Waits[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const step = await waitsAfter(store, after, lane);
    found.push(...step.waits);
    after = step.last;
  }
  return ids(found.toSorted(longestFirst).slice(0, limit));
};

/** Most of the time nothing waits: that is one look, and not one at each login. */
const anyDaily = async ({ db }: Store): Promise<boolean> => {
  const { rows } = await sql`
      select 1 from login_link where day_wanted_at is not null and linked = 1
      union all
      select 1 from sync ${indexedBy('sync_open_order')}
        where ${isOpen()} and priority = 100 and status = 'queued'
      limit 1`.execute(db);
  return rows.length > 0;
};

/** A login with background work: its oldest sync, and since when its day waits to begin. */
interface Waits {
  id: string;
  oldest: string | null;
  wanted: number | null;
}

const longestFirst = (one: Waits, other: Waits): number =>
  compare(one.oldest ?? LAST, other.oldest ?? LAST) ||
  (one.wanted ?? Infinity) - (other.wanted ?? Infinity) ||
  compare(one.id, other.id);
/** After every id. */
const LAST = '\uffff';
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const waitsAfter = async ({ db, clock }: Store, after: string, lane: Lane) => {
  const now = clock();
  const logins = sql`(select * from login_source where id > ${after} order by id
    limit ${LOGINS_AT_ONCE})`;
  const { rows } = await sql<Waits>`
      select w.id, w.oldest, w.wanted from (
        select l.id, ${dayWantedAt(now)} as wanted, (select s.id from sync s ${indexedBy('sync_open')}
          where s.source_id = l.id and s.priority = 100
            and ${isOpen('s')} and s.status = 'queued'
            and s.not_before <= ${now} order by s.id limit 1) as oldest
        from ${logins} l join carrier c on c.id = l.carrier_id
        where ${isFree(now)} and ${runnable(now)} and ${inLane(lane)}
      ) w where w.oldest is not null or w.wanted is not null`.execute(db);
  const { rows: last } = await sql<{ id: string }>`
      select id from ${logins} l order by id limit 1 offset ${LOGINS_AT_ONCE - 1}`.execute(db);
  return { waits: rows, last: last[0]?.id };
};

/** Linked sources that forced syncs still wait to be linked. */
export const sourcesToReflect = async ({ db, clock }: Store): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
      select l.id from (
        select source_id from sync ${indexedBy('sync_open_order')}
          where ${isQueued()} and priority = 1 and reason = 'waiting-for-link'
        union
        select source_id from sync ${indexedBy('sync_needs_link')}
          where status = 'needs-link' and priority = 1
            and created_at > ${clock() - WAITS_FOR_LINK_MS}
      ) waits join login_source l on l.id = waits.source_id where ${isLinked}`.execute(db);
  return ids(rows);
};

/**
 * Forced syncs that stand as if they ran next, while their login is unlinked, wait for its link from
 * now on; the requests to show that to.
 */
export const repairLinkWaits = ({ db, clock }: Store): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string }>`
      update sync set reason = 'waiting-for-link', not_before = 0 where id in (
        select s.id from sync s join login_source l on l.id = s.source_id
        where ${isOpen('s')} and s.priority = 1
          and s.status = 'queued' and s.reason = 'waiting' and not ${isLinked} limit 200 ${locked('s')})
      returning id`.execute(trx);
    return touchRequestsOf(trx, ids(rows), clock());
  });

/**
 * Requests whose last syncs were ended in the same moment, and each found the other's open: a release
 * before let them stand for good. They end now; the requests to show.
 */
export const endLeftOpen = async ({ db, clock }: Store): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
      select r.id from request r ${indexedBy('request_live')}
      where r.ended_at is null and not exists (
        select 1 from request_sync rs join sync s on s.id = rs.sync_id
        where rs.request_id = r.id and rs.cancelled_at is null and ${isOpen('s')})
      limit 200`.execute(db);
  if (rows.length > 0)
    await db.transaction().execute((trx) => touchRequests(trx, ids(rows), clock()));
  return ids(rows);
};

/** Requests that Slack does not show in their newest version. */
export const requestsBehind = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  ids(
    await db
      .selectFrom('request')
      .select('id')
      .whereRef('shown_version', '<', 'version')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
  );
