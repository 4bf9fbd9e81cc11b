import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import { latestDay, runOf, type WorkDay } from './background-runs.ts';
import { touchRequestsOf } from '#database/touch.ts';
import type { ClaimedSync } from './claims.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface Homeless {
  id: string;
  contactId: string;
  carrierId: string;
}

/**
 * The linked login that is asked next for a policy without a home: one that a person who may see the
 * policy holds or shares, and that was not asked since the day began. One that saw it before comes
 * first, then its own advisor's, then those that never looked. Undefined when none is left today.
 */
export const homeFor = async (
  db: Database,
  policy: Homeless,
  today: WorkDay & { openBooks: boolean },
) =>
  // Those that come first are found by the policy alone; all of a carrier are looked at when none is.
  (await firstOf(
    db,
    policy,
    today,
    sql`${likely(policy)} and +l.carrier_id = ${policy.carrierId}`,
  )) ?? (await firstOf(db, policy, today, sql`l.carrier_id = ${policy.carrierId}`));

/** Logins that saw the policy, and those of its own advisors. */
const likely = ({ id, contactId, carrierId }: Homeless): RawBuilder<unknown> => sql`l.id in (
  select seen.source_id from source_policy seen
  where seen.policy_id = ${id} and seen.last_success_at is not null
  union
  select own.id from book b join login_source own on own.holder_id = b.person_id
  where b.contact_id = ${contactId} and +own.carrier_id = ${carrierId})`;

/** A plus keeps SQLite from the longer way round: by every sync of a login, by every login of a carrier. */
const firstOf = async (
  db: Database,
  { id, contactId }: Homeless,
  today: WorkDay & { openBooks: boolean },
  among: RawBuilder<unknown>,
) => {
  const isTheirs = sql`exists (select 1 from book b
    where b.contact_id = ${contactId} and b.person_id = q.id)`;
  const { rows } = await sql<{ id: string }>`
    select l.id from login_source l
    left join source_policy sp on sp.source_id = l.id and sp.policy_id = ${id}
    where ${among} and l.linked = 1 and l.removed_at is null
      and coalesce(sp.last_absent_at, 0) < ${today.startsAt}
      and not exists (select 1 from sync x where x.policy_id = ${id} and +x.source_id = l.id
        and (x.status in ('queued', 'in-progress')
          or x.run_id = (select b.id from background_run b
            where b.source_id = l.id and b.day = ${today.day})
          or (x.status in ('success', 'not-found', 'failed')
            and x.finished_at >= ${today.startsAt})))
      and exists (select 1 from person q where q.deactivated_at is null
        and (q.id = l.holder_id or q.id in (
          select sh.person_id from source_share sh where sh.source_id = l.id))
        and (${today.openBooks ? 1 : 0} = 1 or q.role in ('owner', 'manager') or ${isTheirs}))
    order by sp.last_success_at is null,
      not exists (select 1 from person q where q.id = l.holder_id and ${isTheirs}),
      coalesce(sp.last_absent_at, 0), l.id
    limit 1`.execute(db);
  return rows[0]?.id;
};

/**
 * The login under this lease does not see a policy without a home: its background sync goes on to the
 * next login, so that all of them together are one search. Its requests to show it to; undefined when
 * nobody is left to ask, or it is not such a sync.
 */
export const passOn = async (
  trx: Database,
  { now, nextId }: { now: number; nextId: () => string },
  sync: ClaimedSync,
  lease: Lease,
) => {
  const today = await latestDay(trx);
  const row = await trx
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select(['p.contact_id', 'p.carrier_id'])
    .where('s.id', '=', sync.id)
    .where('s.fence', '=', lease.fence)
    .where('s.status', '=', 'in-progress')
    .where('s.priority', '=', 100)
    .where('s.run_id', 'is not', null)
    .where('p.home_source_id', 'is', null)
    .executeTakeFirst();
  if (row === undefined || today === undefined) return undefined;
  const policy = { id: sync.policy.id, contactId: row.contact_id, carrierId: row.carrier_id };
  const next = await homeFor(trx, policy, today);
  if (next === undefined) return undefined;
  const runId = await runOf(trx, nextId, now, { sourceId: next, day: today.day });
  const taken = await trx
    .selectFrom('sync')
    .select('id')
    .where('run_id', '=', runId)
    .where('policy_id', '=', sync.policy.id)
    .executeTakeFirst();
  if (taken !== undefined) return undefined;
  await trx
    .insertInto('source_policy')
    .values({ source_id: lease.source.id, policy_id: sync.policy.id, last_absent_at: now })
    .onConflict((on) => on.columns(['source_id', 'policy_id']).doUpdateSet({ last_absent_at: now }))
    .execute();
  await trx
    .updateTable('sync')
    .set({ source_id: next, run_id: runId, status: 'queued', reason: 'waiting', fence: null })
    .where('id', '=', sync.id)
    .execute();
  return touchRequestsOf(trx, [sync.id], now);
};
