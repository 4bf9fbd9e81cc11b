import type { Store } from '#database/store.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { isSyncable, type Indicator } from '#shared/status.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { lockCarrier, lockPolicies } from '#database/locks.ts';
import { takenNumbers } from '#core/requests/store/guides.ts';
import { forgetReadings } from '#core/policies/store/unconfirmed-values.ts';
import { noteEdit } from '#core/policies/store/edits.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { DAY } from '#shared/clock.ts';
import { NOT_SYNCABLE } from '#core/sessions/store/day-work.ts';
import { WAITS_FOR_LINK_MS } from '#core/logins/standing.ts';

export interface Change {
  policyId: string;
  personId: string;
  from: string;
  to: string;
}

/** Older cards are history, and stay as they were read. */
const SHOWN_MS = 7 * DAY;
const MOST_SHOWN = 50;

/** The requests whose thread tells of this policy, and those of further syncs. */
const touchPolicy = async (
  trx: Database,
  policyId: string,
  now: number,
  further: readonly string[] = [],
): Promise<string[]> => {
  const syncs = await trx
    .selectFrom('sync as s')
    .innerJoin('request_sync as rs', 'rs.sync_id', 's.id')
    .select('s.id')
    .distinct()
    .where('s.policy_id', '=', policyId)
    .where('s.created_at', '>', now - SHOWN_MS)
    .orderBy('s.id', 'desc')
    .limit(MOST_SHOWN)
    .execute();
  return touchRequestsOf(trx, [...new Set([...syncs.map(({ id }) => id), ...further])], now);
};

/** What is queued, and what a link of today would wake, is never read; those syncs, which say by whom. */
const cancelWaiting = async (
  trx: Database,
  now: number,
  { policyId, personId, to }: Omit<Change, 'from'>,
): Promise<string[]> => {
  const person = await trx
    .selectFrom('person')
    .select('name')
    .where('id', '=', personId)
    .executeTakeFirst();
  const detail: SyncDetail = {
    ...NOT_SYNCABLE,
    crmStatus: to,
    ...(person && { statusBy: person.name }),
  };
  const ended = await trx
    .updateTable('sync')
    .set({
      status: 'cancelled',
      reason: 'cancelled',
      detail: JSON.stringify(detail),
      finished_at: now,
    })
    .where('policy_id', '=', policyId)
    .where((is) =>
      is.or([
        is('status', '=', 'queued'),
        is.and([is('status', '=', 'needs-link'), is('created_at', '>', now - WAITS_FOR_LINK_MS)]),
      ]),
    )
    .returning('id')
    .execute();
  return ended.map(({ id }) => id);
};

export const statuses = ({ db }: Store): Promise<{ name: string; indicator: Indicator }[]> =>
  db
    .selectFrom('product_status')
    .select('name')
    .select((of) => of.ref('indicator').$castTo<Indicator>().as('indicator'))
    .orderBy('name')
    .execute();

/**
 * Only while the status still is `from`. A policy that is not synced any more loses what waits for
 * it. The requests to show it to; undefined when the status was changed meanwhile.
 */
export const setStatus = ({ db, clock }: Store, { policyId, personId, from, to }: Change) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const { numUpdatedRows } = await trx
      .updateTable('policy')
      .set({ status: to, updated_at: now })
      .where('id', '=', policyId)
      .where('status', '=', from)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    const { indicator } = await trx
      .selectFrom('product_status')
      .select((of) => of.ref('indicator').$castTo<Indicator>().as('indicator'))
      .where('name', '=', to)
      .executeTakeFirstOrThrow();
    const ended = isSyncable(indicator)
      ? []
      : await cancelWaiting(trx, now, { policyId, personId, to });
    await noteEdit(trx, policyId, 'status', { from, at: now, personId });
    await audit(trx, now, {
      personId,
      action: 'policy.status-updated',
      policyId,
      detail: { from, to },
    });
    return touchPolicy(trx, policyId, now, ended);
  });

/** Only while the number still is `from`, and no other policy of the carrier has the new one. */
export const setNumber = (
  { db, clock }: Store,
  { policyId, personId, from, to }: Change,
): Promise<readonly string[] | 'taken' | undefined> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await lockPolicies(trx, [policyId]);
    const policy = await trx
      .selectFrom('policy')
      .select('carrier_id as carrierId')
      .where('id', '=', policyId)
      .where('number', '=', from)
      .executeTakeFirst();
    if (policy === undefined) return undefined;
    await lockCarrier(trx, policy.carrierId);
    const taken = await takenNumbers(trx, { id: policyId, carrierId: policy.carrierId }, [to]);
    if (taken.size > 0) return 'taken';
    await trx
      .updateTable('policy')
      .set({ number: to, number_key: normalizeNumber(to), updated_at: now })
      .where('id', '=', policyId)
      .execute();
    const overtaken = await forgetReadings(trx, now, policyId);
    await noteEdit(trx, policyId, 'number', { from, at: now, personId });
    await audit(trx, now, {
      personId,
      action: 'policy.number-corrected',
      policyId,
      detail: { from, to },
    });
    return touchPolicy(trx, policyId, now, overtaken);
  });

export const syncDetail = async (
  { db }: Store,
  syncId: string,
): Promise<{ policyId: string; sourceId: string; detail: SyncDetail } | undefined> => {
  const row = await db
    .selectFrom('sync')
    .select(['policy_id', 'source_id', 'detail'])
    .where('id', '=', syncId)
    .executeTakeFirst();
  return (
    row && {
      policyId: row.policy_id,
      sourceId: row.source_id,
      detail: row.detail === null ? {} : (JSON.parse(row.detail) as SyncDetail),
    }
  );
};
