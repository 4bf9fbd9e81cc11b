import { insertSyncs, type NewSync } from '#core/requests/store/requests.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { sql } from 'kysely';
import { eachOf, indexedBy, isOpen, noIndex, orderedJoin } from '#database/dialect.ts';
import type { Reason } from '#shared/outcome.ts';
import { type PastAttempts, isDueOn } from '../day-rules.ts';
import type { Store } from '#database/store.ts';
import { lockLogins, lockLoginsOf } from '#database/locks.ts';
import { latestDay } from './background-runs.ts';
import { findHomes, loginsOf } from './homeless.ts';

/** How far a step went: the last one looked at (none: there are no more), and how many it queued. */
export interface Step<T> {
  last: T | undefined;
  added: number;
}

export const NOT_SYNCABLE: SyncDetail = { cancelledBy: 'not-syncable' };

export const ENDED = sql`('success', 'not-found', 'needs-link', 'failed')`;

export interface Candidate {
  id: string;
  reason: Reason | null;
  before: Reason | null;
  ended_at: number;
  /** Of a policy that has gone, as the reason before. */
  changed_at: number | null;
}

export const pastOf = (row: Candidate): PastAttempts => ({
  ...(row.reason === null ? {} : { reason: row.reason }),
  ...(row.before === null ? {} : { reasonBefore: row.before }),
  endedAt: row.ended_at,
  ...(row.changed_at === null ? {} : { changedAt: row.changed_at }),
});

/** What isDueOn asks of a policy `p` whose report row is `r`; of those that have gone, more. */
export const PAST = sql`r.last_reason as reason, r.last_attempt_at as ended_at,
  case when r.last_reason = 'gone' then (
    select c.updated_at from policy c where c.id = p.id) end as changed_at,
  case when r.last_reason = 'gone' then (
    select d.reason from sync d where d.policy_id = p.id and d.status in ${ENDED}
    order by d.finished_at desc, d.id desc limit 1 offset 1) end as before`;

/** Open syncs `o` by their policy: its history would be a row for each day. */
const openPairs = sql`sync o ${indexedBy('sync_open_pair')}`;

/** A search `o` for the home of policy `p` that waits for a login whose link has ended meanwhile. */
const isStuck = sql`o.policy_id = p.id and ${isOpen('o')}
  and o.status = 'queued' and o.priority = 100
  and o.run_id is not null
  and exists (select 1 from login_link k where k.source_id = o.source_id and k.linked = 0)`;

/**
 * Moves up to `limit` leftovers of earlier days at these logins into their runs of the day, so that
 * none is doubled, and ends those whose policy is not syncable any more; how many were looked at.
 */
export const takeOver = (
  { db, clock }: Store,
  sourceIds: readonly string[],
  day: string,
  limit: number,
): Promise<number> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, sourceIds);
    const { rows } = await sql<{ id: string; syncable: number }>`
          select s.id, st.indicator in ('pending', 'open') as syncable
          from ${eachOf(sourceIds)} l
          ${orderedJoin} background_run b on b.source_id = l.value and b.day = ${day}
          ${orderedJoin} sync s on s.source_id = l.value and s.status = 'queued'
          join policy p on p.id = s.policy_id
          join product_status st on st.name = p.status
          where s.priority = 100 and s.run_id <> b.id
            and not exists (select 1 from sync t
              where t.run_id = b.id and t.policy_id = s.policy_id)
          limit ${limit}`.execute(trx);
    if (rows.length === 0) return 0;
    const ids = (syncable: number) =>
      eachOf(rows.filter((row) => row.syncable === syncable).map(({ id }) => id));
    await sql`update sync set run_id = (select b.id from background_run b
        where b.source_id = sync.source_id and b.day = ${day})
      where id in (select value from ${ids(1)} these)`.execute(trx);
    await sql`update sync set status = 'cancelled', reason = 'cancelled',
        detail = ${JSON.stringify(NOT_SYNCABLE)}, finished_at = ${clock()}
      where id in (select value from ${ids(0)} these)`.execute(trx);
    return rows.length;
  });

/**
 * What a person waits for at these logins, of policies at home there, is the day's reading of them:
 * when nobody waits for it any more, the background goes on with it.
 */
export const adoptForced = (
  { db }: Store,
  sourceIds: readonly string[],
  day: string,
): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, sourceIds);
    await sql`
      update sync set run_id = (select b.id from background_run b
        where b.source_id = sync.source_id and b.day = ${day})
      where id in (
        select s.id from ${eachOf(sourceIds)} l
          ${orderedJoin} background_run b on b.source_id = l.value and b.day = ${day}
          ${orderedJoin} sync s on s.source_id = l.value and ${isOpen('s')}
          ${orderedJoin} policy p on p.id = s.policy_id and p.home_source_id = s.source_id
        where ${noIndex('s.run_id')} is null
          and not exists (select 1 from sync t
            where t.run_id = b.id and t.policy_id = s.policy_id))`.execute(trx);
  });

/** A policy in the order of the day: by its home, and there by its id. */
export interface PolicyAt {
  home: string;
  id: string;
}

/**
 * Queues what is due of the next `limit` policies at home at these logins, which come in order of
 * their ids, into the runs of a day. Small steps keep the event loop free.
 */
export const addToRuns = (
  store: Store,
  sourceIds: readonly string[],
  day: string,
  after: PolicyAt,
  limit: number,
): Promise<Step<PolicyAt>> =>
  store.db.transaction().execute(async (trx) => {
    await lockLogins(trx, sourceIds);
    const today = await latestDay({ ...store, db: trx });
    // Of a day that never began nothing is done yet.
    const { startsAt, upTo } = today ?? { startsAt: Number.MAX_SAFE_INTEGER, upTo: 0 };
    const from = after.home === '' ? { home: sourceIds[0] ?? '', id: '' } : after;
    const walk = sql`select home_source_id as home, id from policy
      where home_source_id is not null and (home_source_id, id) > (${from.home}, ${from.id})
        and home_source_id <= ${sourceIds.at(-1) ?? ''}
        and ${noIndex('home_source_id')} in (select value from ${eachOf(sourceIds)} these)
      order by home_source_id, id limit ${limit}`;
    const { rows } = await sql<Candidate & { home: string; run: string; linked: number }>`
          select p.id, p.home, b.id as run, k.linked, ${PAST}
          from (${walk}) p
          join login_link k on k.source_id = p.home
          join background_run b on b.source_id = p.home and b.day = ${day}
          join policy_report r on r.policy_id = p.id and r.syncable = 1
          where not exists (select 1 from sync s
              where s.policy_id = p.id and s.source_id = p.home
                and ${isOpen('s')})
            and not exists (select 1 from sync s where s.run_id = b.id and s.policy_id = p.id)
            and not (r.last_attempt_at >= ${startsAt} and exists (select 1 from sync d
              where d.policy_id = p.id and d.status in ${ENDED}
              and d.finished_at between ${startsAt} and ${upTo}
                and (d.status = 'success'
                  or (d.source_id = p.home and d.status <> 'needs-link'))))
          order by p.home, p.id`.execute(trx);
    const due = rows.filter(
      (row) => today === undefined || isDueOn(today.day, today.startsAt, pastOf(row)),
    );
    for (const linked of [1, 0])
      await insertSyncs(
        { ...store, db: trx },
        due
          .filter((row) => row.linked === linked)
          .map(({ id, home, run }) => ({ policyId: id, sourceId: home, runId: run })),
        { priority: 100, linked: linked === 1 },
      );
    const { rows: last } = await sql<PolicyAt>`
      select home, id from (${walk}) walked limit 1 offset ${limit - 1}`.execute(trx);
    return { last: last[0], added: due.length };
  });

/**
 * The same for policies of a carrier that have no home: each at the likeliest linked login that one
 * of its people may use and that was not asked today, one login at a time. Where none is linked, each
 * waits for the link of the likeliest.
 */
export const addHomeless = (
  store: Store,
  carrierId: string,
  after: string,
  limit: number,
): Promise<Step<string>> =>
  store.db.transaction().execute(async (trx) => {
    await lockLoginsOf(trx, carrierId);
    const within = { ...store, db: trx };
    const today = await latestDay(within);
    if (today === undefined) return { last: undefined, added: 0 };
    const { rows } = await sql<
      Candidate & { contact_id: string; syncable: number; stuck: string | null; done: number }
    >`
          select p.id, r.contact_id, ${PAST}, r.syncable,
            (select o.id from ${openPairs} where ${isStuck}) as stuck,
            (r.last_attempt_at >= ${today.startsAt} and exists (select 1 from sync o
              where o.policy_id = p.id and o.status in ${ENDED} and o.status = 'success'
                and o.finished_at between ${today.startsAt} and ${today.upTo}))
            or exists (select 1 from ${openPairs} where o.policy_id = p.id
              and ${isOpen('o')} and not (${isStuck})) as done
          from (select id from policy
              where home_source_id is null and carrier_id = ${carrierId} and id > ${after}
              order by id limit ${limit}) p
          join policy_report r on r.policy_id = p.id
          order by p.id`.execute(trx);
    const linked = await loginsOf(within, carrierId, true);
    const isDark = linked.length === 0;
    const due = rows.filter(
      (row) =>
        row.syncable === 1 &&
        row.done === 0 &&
        // Nothing is gained by waiting for another link than before.
        !(isDark && row.stuck !== null) &&
        isDueOn(today.day, today.startsAt, pastOf(row)),
    );
    const homes = await findHomes(
      within,
      isDark ? await loginsOf(within, carrierId, false) : linked,
      due.map(({ id, contact_id }) => ({ id, contactId: contact_id })),
      today,
    );
    const added: NewSync[] = [];
    for (const { id, stuck } of due) {
      const home = homes.get(id);
      if (home === undefined) continue;
      if (stuck === null) added.push({ policyId: id, ...home });
      else
        await trx
          .updateTable('sync')
          .set({ source_id: home.sourceId, run_id: home.runId, reason: 'waiting' })
          .where('id', '=', stuck)
          .execute();
    }
    await insertSyncs(within, added, { priority: 100, linked: !isDark });
    return { last: rows.length < limit ? undefined : rows.at(-1)?.id, added: homes.size };
  });

export const carrierOf = async ({ db }: Store, sourceId: string): Promise<string> =>
  (
    await db
      .selectFrom('login_source')
      .select('carrier_id')
      .where('id', '=', sourceId)
      .executeTakeFirstOrThrow()
  ).carrier_id;
