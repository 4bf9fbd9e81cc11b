import { sql } from 'kysely';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Lease } from '#core/logins/standing.ts';
import { restUntil } from '#core/logins/store/lease.ts';
import type { Database } from '#database/connection.ts';
import { fieldOf, orderedJoin } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { isDeadly, isDoubted, oneMoreDeath, restAfter, type Deaths } from '../death-rules.ts';

/** Sessions that ended with their process are counted in the detail of the sync that they were at. */

const NONE: Deaths = { deaths: 0, atSignIn: false };

/** Whether a sync of it has ended by them: nothing else ends with a count. */
const isKnown = async (trx: Database, policyId: string, syncId: string): Promise<boolean> => {
  const before = await trx
    .selectFrom('sync')
    .select('detail')
    .where('policy_id', '=', policyId)
    .where('id', '<', syncId)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return isDeadly(deathsIn(before?.detail ?? null) ?? NONE);
};

export const deathsIn = (detail: string | null): Deaths | undefined => {
  const { deaths, diedAt } = JSON.parse(detail ?? '{}') as SyncDetail;
  return deaths === undefined ? undefined : { deaths, atSignIn: diedAt === 'sign-in' };
};

/** What a try that comes to no end leaves of the detail of a sync. */
export const DEATHS_ALONE = sql<string | null>`
  case when ${fieldOf(sql`detail`, 'deaths')} is not null then detail end`;

/**
 * Puts back what an earlier session of the login left under way, for the one with this fence; which.
 * The session right before it neither finished it nor put it back: its process ended, or hung. Where
 * a person has ended the login's link meanwhile, the fences do not follow on each other.
 */
export const putBackLeft = async (
  trx: Database,
  now: number,
  sourceId: string,
  fence: number,
): Promise<string[]> => {
  const left = await trx
    .selectFrom('sync')
    .select(['id', 'policy_id', 'fence', 'reason', 'detail'])
    .where('source_id', '=', sourceId)
    .where('status', '=', 'in-progress')
    .execute();
  for (const sync of left) {
    const back = { status: 'queued', reason: 'waiting', fence: null };
    const died = sync.fence === fence - 1 && (await oneMore(trx, sync));
    const rests = died ? restAfter(died.deaths ?? 0, now) : 0;
    await trx
      .updateTable('sync')
      .set({
        ...back,
        ...(died ? { detail: JSON.stringify(died) } : {}),
        ...(rests > 0 ? { not_before: rests } : {}),
      })
      .where('id', '=', sync.id)
      .execute();
    if (rests > 0) {
      await restUntil(trx, sourceId, rests);
      await touchRequestsOf(trx, [sync.id], now);
    }
  }
  return left.map(({ id }) => id);
};

const oneMore = async (
  trx: Database,
  sync: { id: string; policy_id: string; reason: string; detail: string | null },
): Promise<SyncDetail> => {
  const before = deathsIn(sync.detail)?.deaths ?? 0;
  const known = before === 0 && (await isKnown(trx, sync.policy_id, sync.id));
  const deaths = oneMoreDeath(before, known);
  return { deaths, ...(sync.reason === 'signing-in' ? { diedAt: 'sign-in' } : {}) };
};

/** Another one in doubt is tried now, and began before this one: each is tried without the others. */
export const isBesideDoubted = async (
  { db, clock }: Store,
  sync: { id: string; died?: Deaths },
  { source, fence }: Lease,
): Promise<boolean> => {
  if (!isDoubted(sync.died ?? NONE)) return false;
  const { rows } = await sql<{ id: string; detail: string | null }>`
    select o.id, o.detail from login_lease k
      ${orderedJoin} sync o on o.source_id = k.source_id and o.fence = k.fence
    where k.expires_at > ${clock()} and o.status = 'in-progress'
      and (o.started_at, o.id) < (
        select started_at, id from sync where id = ${sync.id} and source_id = ${source.id} and fence = ${fence})`.execute(
    db,
  );
  return rows.some(({ detail }) => isDoubted(deathsIn(detail) ?? NONE));
};
