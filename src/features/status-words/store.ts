import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Store } from '#database/store.ts';

/** The carrier's own word in a sync; undefined where it showed none. */
export const carrierWordOf = async (
  { db }: Store,
  syncId: string,
): Promise<{ policyId: string; word: string } | undefined> => {
  const row = await db
    .selectFrom('sync')
    .select(['policy_id', 'detail'])
    .where('id', '=', syncId)
    .executeTakeFirst();
  const { carrierStatus } = JSON.parse(row?.detail ?? '{}') as SyncDetail;
  return row === undefined || carrierStatus === undefined
    ? undefined
    : { policyId: row.policy_id, word: carrierStatus };
};
