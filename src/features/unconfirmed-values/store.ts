import type { Store } from '#database/store.ts';
import type { Reason, EndedStatus } from '#shared/outcome.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { lockPolicies } from '#database/locks.ts';
import { nextId } from '#database/ids.ts';
import { keepValues } from '#core/policies/store/values.ts';
import { touchRequestsOf } from '#database/touch.ts';
import type { Settled, UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';
import {
  unconfirmedRows,
  toUnconfirmed,
  syncsOf,
} from '#core/policies/store/unconfirmed-values.ts';

export interface Decision {
  id: string;
  version: number;
  personId: string;
}

/**
 * Only while it is open and in the version that the person saw. What a sync reads in the same moment waits,
 * and is set aside anew.
 */
const settle = async (
  trx: Database,
  now: number,
  how: Settled,
  { id, version, personId }: Decision,
) => {
  await lockPolicies(trx, () =>
    trx.selectFrom('held_value').select('policy_id as id').where('id', '=', id).execute(),
  );
  return trx
    .updateTable('held_value')
    .set({ settled: how, settled_by: personId, settled_at: now })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('settled', 'is', null)
    .returning(['policy_id', 'sync_id'])
    .executeTakeFirst();
};

export const unconfirmedValue = async (
  { db }: Store,
  id: string,
): Promise<UnconfirmedValue | undefined> => {
  const row = await unconfirmedRows(db).where('h.id', '=', id).executeTakeFirst();
  return row && toUnconfirmed(row);
};

/**
 * Writes what a person says is right, as the syncs that read it would have; only while nobody
 * decided and nothing newer was read. Undefined: it was too late.
 */
export const recordAccepted = (
  { db, clock }: Store,
  given: Decision & { reason: Reason; status: EndedStatus; detail: SyncDetail },
) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const row = await settle(trx, now, 'accepted', given);
    if (row === undefined) return undefined;
    const { personId } = given;
    const { name: acceptedBy } = await trx
      .selectFrom('person')
      .select('name')
      .where('id', '=', personId)
      .executeTakeFirstOrThrow();
    const detail = { ...given.detail, acceptedBy };
    await keepValues(
      trx,
      { nextId: () => nextId(clock), now },
      row.policy_id,
      row.sync_id,
      detail.values ?? [],
    );
    const syncs = await syncsOf(trx, given.id);
    // What has a card is a Success now; what the background read before stays as it was.
    await trx
      .updateTable('sync')
      .set({
        status: given.status,
        reason: given.reason,
        detail: JSON.stringify(detail),
        finished_at: now,
      })
      .where('id', 'in', syncs)
      .where('status', '=', 'failed')
      .where((is) =>
        is.or([
          is('id', '=', row.sync_id),
          is(
            'id',
            'in',
            is.selectFrom('request_sync').select('sync_id').where('sync_id', 'in', syncs),
          ),
        ]),
      )
      .execute();
    const read = await trx
      .selectFrom('sync')
      .select('source_id')
      .where('id', '=', row.sync_id)
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('source_policy')
      .values({
        source_id: read.source_id,
        policy_id: row.policy_id,
        last_success_at: now,
        last_absent_at: null,
      })
      .onConflict((on) =>
        on
          .columns(['source_id', 'policy_id'])
          .doUpdateSet({ last_success_at: now, last_absent_at: null }),
      )
      .execute();
    await trx
      .updateTable('policy')
      .set({ home_source_id: read.source_id })
      .where('id', '=', row.policy_id)
      .where('home_source_id', 'is', null)
      .execute();
    await audit(trx, now, {
      personId,
      action: 'policy.values-accepted',
      policyId: row.policy_id,
      detail: { held: given.id, names: (detail.changes ?? []).map(({ name }) => name) },
    });
    return touchRequestsOf(trx, syncs, now);
  });

export const recordRejected = ({ db, clock }: Store, given: Decision) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const row = await settle(trx, now, 'rejected', given);
    if (row === undefined) return undefined;
    await audit(trx, now, {
      personId: given.personId,
      action: 'policy.values-rejected',
      policyId: row.policy_id,
      detail: { held: given.id },
    });
    return touchRequestsOf(trx, await syncsOf(trx, given.id), now);
  });
