import type { Store } from '#database/store.ts';
import { touchRequestsOf } from '#database/touch.ts';
import type { Lease } from '#core/logins/standing.ts';
import { isLinked } from '#core/logins/store/link.ts';
import type { Role } from '#shared/access.ts';
import { sql } from 'kysely';
import { eachObject, eachOf, indexedBy, isOpen, orderedJoin } from '#database/dialect.ts';
import { nextHome, type KnownLogin } from '../home-rules.ts';
import { latestDay, runsOf, type Today } from './background-runs.ts';
import type { ClaimedSync } from './claims.ts';

export interface Homeless {
  id: string;
  contactId: string;
}

/** Where a policy without a home is looked for next: the login, and its run of the day. */
export interface Found {
  sourceId: string;
  runId: string;
}

/**
 * For each policy of a carrier that has no home, the login to ask next of these, as `nextHome` chooses;
 * none for a policy with no login left today. A few statements for all of them, not some for each.
 */
export const findHomes = async (
  store: Store,
  logins: readonly KnownLogin[],
  policies: readonly Homeless[],
  today: Today,
): Promise<ReadonlyMap<string, Found>> => {
  const found = new Map<string, Found>();
  if (policies.length === 0) return found;
  const facts = await homelessFacts(store, policies, today);
  // What ended in a run of today without being read, as a cancelled sync does, was asked there too.
  for (let open = [...facts.keys()]; open.length > 0;) {
    const homes = new Map<string, string>();
    for (const id of open) {
      const policy = facts.get(id);
      const home = policy && nextHome(logins, policy, today);
      if (home !== undefined) homes.set(id, home);
    }
    const runs = await runsOf(store, [...new Set(homes.values())], today.day);
    const chosen = [...homes].map(([id, sourceId]) => ({
      id,
      sourceId,
      runId: runs.get(sourceId) ?? '',
    }));
    const taken = await inRun(store, chosen);
    open = [];
    for (const { id, sourceId, runId } of chosen)
      if (taken.has(id)) {
        facts.get(id)?.asked.add(sourceId);
        open.push(id);
      } else found.set(id, { sourceId, runId });
  }
  return found;
};

/** The linked logins of a carrier, or the unlinked ones; in order of id. */
export const loginsOf = async (
  { db }: Store,
  carrierId: string,
  linked: boolean,
): Promise<KnownLogin[]> => {
  const { rows } = await sql<{
    id: string;
    holderId: string;
    person: string;
    role: Role;
  }>`
    select l.id, l.holder_id as "holderId", q.id as person, q.role from login_source l
    join (select id as source_id, holder_id as person_id from login_source
        where carrier_id = ${carrierId}
      union select sh.source_id, sh.person_id from login_source o
        join source_share sh on sh.source_id = o.id where o.carrier_id = ${carrierId}) u
      on u.source_id = l.id
    join person q on q.id = u.person_id and q.deactivated_at is null
    where l.carrier_id = ${carrierId} and l.removed_at is null
      and ${linked ? isLinked : sql`not ${isLinked}`}
    order by l.id`.execute(db);
  return [...Map.groupBy(rows, ({ id }) => id)].map(([id, people]) => ({
    id,
    holderId: people[0]?.holderId ?? '',
    people: people.map(({ person, role }) => ({ id: person, role, active: true })),
  }));
};

const homelessFacts = async ({ db }: Store, policies: readonly Homeless[], today: Today) => {
  const these = sql`(select value from ${eachOf(policies.map(({ id }) => id))} p)`;
  const contacts = [...new Set(policies.map(({ contactId }) => contactId))];
  const { rows: shelved } = await sql<{ contact_id: string; person_id: string }>`
    select contact_id, person_id from book
    where contact_id in (select value from ${eachOf(contacts)} c)`.execute(db);
  const books = Map.groupBy(shelved, ({ contact_id }) => contact_id);
  const { rows: looks } = await sql<{
    policy_id: string;
    source_id: string;
    seenAt: number | null;
    absentAt: number | null;
  }>`select policy_id, source_id, last_success_at as "seenAt",
      case when last_absent_at <= ${today.upTo} then last_absent_at end as "absentAt"
    from source_policy where policy_id in ${these}`.execute(db);
  // Two walks of small indexes, and none of a policy's whole history; most have ended nowhere today.
  const { rows: asked } = await sql<{ policy_id: string; source_id: string }>`
    select policy_id, source_id from sync ${indexedBy('sync_open_pair')}
    where policy_id in ${these} and ${isOpen()}
    union all
    select s.policy_id, s.source_id from policy_report r
    ${orderedJoin} sync s on s.policy_id = r.policy_id
    where r.policy_id in ${these} and r.last_attempt_at >= ${today.startsAt}
      and s.status in ('success', 'not-found', 'needs-link', 'failed')
      and s.status <> 'needs-link' and s.finished_at between ${today.startsAt} and ${today.upTo}`.execute(
    db,
  );
  const looksOf = Map.groupBy(looks, ({ policy_id }) => policy_id);
  const askedOf = Map.groupBy(asked, ({ policy_id }) => policy_id);
  return new Map(
    policies.map(({ id, contactId }) => [
      id,
      {
        books: new Set(books.get(contactId)?.map(({ person_id }) => person_id)),
        looks: new Map(looksOf.get(id)?.map((look) => [look.source_id, look])),
        asked: new Set(askedOf.get(id)?.map(({ source_id }) => source_id)),
      },
    ]),
  );
};

/** Those of the policies that are in the run chosen for them already. */
const inRun = async (
  { db }: Store,
  chosen: readonly { id: string; runId: string }[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ id: string }>`
    select c.value ->> 'id' as id from ${eachObject(chosen)} c
    where exists (select 1 from sync s
      where s.run_id = c.value ->> 'runId' and s.policy_id = c.value ->> 'id')`.execute(db);
  return new Set(rows.map(({ id }) => id));
};

/**
 * The login under this lease does not see a policy without a home: which one its background sync goes on
 * to, so that all of them together are one search. Undefined when nobody is left to ask, or it is not
 * such a sync.
 */
export const nextLogin = async (
  store: Store,
  sync: ClaimedSync,
  lease: Lease,
): Promise<Found | undefined> => {
  const today = await latestDay(store);
  const row = await store.db
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
  const policy = { id: sync.policy.id, contactId: row.contact_id };
  const logins = await loginsOf(store, row.carrier_id, true);
  return (await findHomes(store, logins, [policy], today)).get(policy.id);
};

/**
 * Passes it on to that login; the requests to show it to. Undefined when it was asked for there since, or
 * is wanted here by a person now. The caller has both logins.
 */
export const passOn = async (
  { db, clock }: Store,
  sync: ClaimedSync,
  lease: Lease,
  next: Found,
): Promise<string[] | undefined> => {
  const now = clock();
  const { numAffectedRows } = await sql`
    update sync set source_id = ${next.sourceId}, run_id = ${next.runId}, status = 'queued',
      reason = 'waiting', fence = null
    where id = ${sync.id} and fence = ${lease.fence} and status = 'in-progress' and priority = 100
      and not exists (select 1 from sync o ${indexedBy('sync_open_pair')}
        where o.policy_id = sync.policy_id and o.source_id = ${next.sourceId} and ${isOpen('o')})
      and not exists (select 1 from sync t
        where t.run_id = ${next.runId} and t.policy_id = sync.policy_id)`.execute(db);
  if (numAffectedRows === 0n) return undefined;
  await db
    .insertInto('source_policy')
    .values({ source_id: lease.source.id, policy_id: sync.policy.id, last_absent_at: now })
    .onConflict((on) => on.columns(['source_id', 'policy_id']).doUpdateSet({ last_absent_at: now }))
    .execute();
  return touchRequestsOf(db, [sync.id], now);
};
