import { insertSync } from '#core/requests/store/requests.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { sql } from 'kysely';
import type { Reason } from '#shared/outcome.ts';
import { type PastAttempts, isDueOn } from '../day-rules.ts';
import type { Store } from '#database/store.ts';
import { nextId } from '#database/ids.ts';
import { runOf, latestDay } from './background-runs.ts';
import { homeFor } from './homeless.ts';

/** How far a step went: the last id looked at (none: there are no more), and how many it queued. */
export interface Step {
  last: string | undefined;
  added: number;
}

export const NOT_SYNCABLE: SyncDetail = { cancelledBy: 'not-syncable' };

export const ENDED = sql`('success', 'not-found', 'needs-link', 'failed')`;

export interface Candidate {
  id: string;
  reason: Reason | null;
  before: Reason | null;
  ended_at: number;
  changed_at: number;
}

export const pastOf = (row: Candidate): PastAttempts => ({
  ...(row.reason === null ? {} : { reason: row.reason }),
  ...(row.before === null ? {} : { reasonBefore: row.before }),
  endedAt: row.ended_at,
  changedAt: row.changed_at,
});

/** What isDueOn asks of a policy `p` whose report row is `r`. */
export const PAST = sql`r.last_reason as reason, r.last_attempt_at as ended_at, p.updated_at as changed_at,
  case when r.last_reason = 'gone' then (
    select d.reason from sync d where d.policy_id = p.id and d.status in ${ENDED}
    order by d.finished_at desc, d.id desc limit 1 offset 1) end as before`;

/** A search `o` for the home of policy `p` that waits for a login whose link has ended meanwhile. */
export const isStuck = sql`o.policy_id = p.id and o.status = 'queued' and o.priority = 100
  and o.run_id is not null
  and exists (select 1 from login_source ol where ol.id = o.source_id and ol.linked = 0)`;

/** Makes the run of (source, day) if it is not there yet; its id either way. */
export const startRun = ({ db, clock }: Store, sourceId: string, day: string): Promise<string> =>
  runOf(db, () => nextId(clock), clock(), { sourceId, day });

/**
 * Moves up to `limit` leftovers of the source's earlier days into the run, so that none is doubled,
 * and ends those whose policy is not syncable any more; how many were looked at.
 */
export const takeOver = ({ db, clock }: Store, runId: string, sourceId: string, limit: number) =>
  db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; syncable: number }>`
          select s.id, st.indicator in ('pending', 'open') as syncable
          from sync s join policy p on p.id = s.policy_id
          join product_status st on st.name = p.status
          where s.source_id = ${sourceId} and s.status = 'queued' and s.priority = 100
            and s.run_id <> ${runId}
            and not exists (select 1 from sync t
              where t.run_id = ${runId} and t.policy_id = s.policy_id)
          limit ${limit}`.execute(trx);
    const ids = (syncable: number): string[] =>
      rows.filter((row) => row.syncable === syncable).map(({ id }) => id);
    if (ids(1).length > 0)
      await trx.updateTable('sync').set({ run_id: runId }).where('id', 'in', ids(1)).execute();
    if (ids(0).length > 0)
      await trx
        .updateTable('sync')
        .set({
          status: 'cancelled',
          reason: 'cancelled',
          detail: JSON.stringify(NOT_SYNCABLE),
          finished_at: clock(),
        })
        .where('id', 'in', ids(0))
        .execute();
    return rows.length;
  });

/**
 * Queues what is due of the next `limit` policies whose home is this source, in order of id after
 * one of them. Small steps keep the event loop free.
 */
export const addToRun = (
  store: Store,
  runId: string,
  sourceId: string,
  after: string,
  limit: number,
): Promise<Step> =>
  store.db.transaction().execute(async (trx) => {
    const within = { ...store, db: trx };
    const today = await latestDay(trx);
    // Of a day that never began nothing is done yet.
    const startsAt = today?.startsAt ?? Number.MAX_SAFE_INTEGER;
    const { rows } = await sql<Candidate & { todo: number }>`
          select p.id, ${PAST}, not exists (select 1 from sync s
              where s.policy_id = p.id and (s.run_id = ${runId}
                or (s.source_id = ${sourceId} and s.status in ('queued', 'in-progress'))))
            and not exists (select 1 from sync d
              where d.policy_id = p.id and d.status in ${ENDED} and d.finished_at >= ${startsAt}
                and (d.status = 'success'
                  or (d.source_id = ${sourceId} and d.status <> 'needs-link'))) as todo
          from (select id, status, updated_at from policy
              where home_source_id = ${sourceId} and id > ${after} order by id limit ${limit}) p
          join product_status st on st.name = p.status and st.indicator in ('pending', 'open')
          join policy_report r on r.policy_id = p.id
          order by p.id`.execute(trx);
    const due = rows.filter(
      (row) =>
        row.todo === 1 && (today === undefined || isDueOn(today.day, today.startsAt, pastOf(row))),
    );
    const { linked } = await trx
      .selectFrom('login_source')
      .select('linked')
      .where('id', '=', sourceId)
      .executeTakeFirstOrThrow();
    for (const { id } of due)
      await insertSync(within, { policyId: id, sourceId, runId, priority: 100 }, linked === 1);
    const last = await trx
      .selectFrom('policy')
      .select('id')
      .where('home_source_id', '=', sourceId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(1)
      .offset(limit - 1)
      .executeTakeFirst();
    return { last: last?.id, added: due.length };
  });

/**
 * The same for policies of a carrier that have no home: each at the likeliest linked login that one
 * of its people may use and that was not asked today, one login at a time.
 */
export const addHomeless = (
  store: Store,
  carrierId: string,
  after: string,
  limit: number,
): Promise<Step> =>
  store.db.transaction().execute(async (trx) => {
    const within = { ...store, db: trx };
    const today = await latestDay(trx);
    if (today === undefined) return { last: undefined, added: 0 };
    const { rows } = await sql<
      Candidate & { contact_id: string; syncable: number; stuck: string | null; done: number }
    >`
          select p.id, p.contact_id, ${PAST}, st.indicator in ('pending', 'open') as syncable,
            (select o.id from sync o where ${isStuck}) as stuck,
            exists (select 1 from sync o where o.policy_id = p.id and (
              (o.status = 'success' and o.finished_at >= ${today.startsAt})
              or (o.status in ('queued', 'in-progress') and not (${isStuck})))) as done
          from (select id, contact_id, status, updated_at from policy
              where home_source_id is null and carrier_id = ${carrierId} and id > ${after}
              order by id limit ${limit}) p
          join product_status st on st.name = p.status
          join policy_report r on r.policy_id = p.id
          order by p.id`.execute(trx);
    const due = rows.filter(
      (row) =>
        row.syncable === 1 && row.done === 0 && isDueOn(today.day, today.startsAt, pastOf(row)),
    );
    let added = 0;
    for (const { id, contact_id, stuck } of due) {
      const sourceId = await homeFor(trx, { id, contactId: contact_id, carrierId }, today);
      if (sourceId === undefined) continue;
      const runId = await runOf(trx, () => nextId(store.clock), store.clock(), {
        sourceId,
        day: today.day,
      });
      if (stuck === null)
        await insertSync(within, { policyId: id, sourceId, runId, priority: 100 }, true);
      else
        await trx
          .updateTable('sync')
          .set({ source_id: sourceId, run_id: runId, reason: 'waiting' })
          .where('id', '=', stuck)
          .execute();
      added += 1;
    }
    return { last: rows.length < limit ? undefined : rows.at(-1)?.id, added };
  });

export const carrierOf = async ({ db }: Store, sourceId: string): Promise<string> =>
  (
    await db
      .selectFrom('login_source')
      .select('carrier_id')
      .where('id', '=', sourceId)
      .executeTakeFirstOrThrow()
  ).carrier_id;

/** Linked logins whose day was not queued since they were linked. */
export const sourcesWantingDay = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('login_source')
      .select('id')
      .where('day_wanted_at', 'is not', null)
      .where('linked', '=', 1)
      .where('removed_at', 'is', null)
      .limit(limit)
      .execute()
  ).map(({ id }) => id);

/** When it was linked without its day being queued since, epoch ms. */
export const wantsDay = async ({ db }: Store, sourceId: string): Promise<number | undefined> =>
  (
    await db
      .selectFrom('login_source')
      .select('day_wanted_at')
      .where('id', '=', sourceId)
      .where('linked', '=', 1)
      .executeTakeFirst()
  )?.day_wanted_at ?? undefined;

export const dayQueued = async ({ db }: Store, sourceId: string, wantedAt: number) => {
  await db
    .updateTable('login_source')
    .set({ day_wanted_at: null })
    .where('id', '=', sourceId)
    .where('day_wanted_at', '=', wantedAt)
    .execute();
};
