import { restUntil } from '#core/logins/store/lease.ts';
import type { Store } from '#database/store.ts';
import { sourcesOf } from './cancels.ts';
import { lockLogins } from '#database/locks.ts';

/** Lifts the wait of a request's syncs that rest until later; the sources to wake. */
export const liftWait = ({ db }: Store, requestId: string): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, () => sourcesOf(trx, requestId));
    const resting = await trx
      .selectFrom('sync as s')
      .innerJoin('request_sync as rs', 'rs.sync_id', 's.id')
      .select(['s.id', 's.source_id'])
      .where('rs.request_id', '=', requestId)
      .where('rs.cancelled_at', 'is', null)
      .where('s.status', '=', 'queued')
      .where('s.reason', '=', 'session-conflict')
      .execute();
    for (const sync of resting) {
      await trx
        .updateTable('sync')
        .set({ not_before: 0, reason: 'waiting', detail: null })
        .where('id', '=', sync.id)
        .execute();
      await restUntil(trx, sync.source_id, 0);
    }
    await trx
      .updateTable('request')
      .set((of) => ({ version: of('version', '+', 1) }))
      .where('id', '=', requestId)
      .execute();
    return resting.map(({ source_id }) => source_id);
  });

/** The thread in which a request has its card, where that is in this channel. */
export const threadOfCard = async (
  { db }: Store,
  requestId: string,
  channel: string,
): Promise<string | undefined> => {
  const row = await db
    .selectFrom('request')
    .select('thread_ts')
    .where('id', '=', requestId)
    .where('channel', '=', channel)
    .executeTakeFirst();
  return row?.thread_ts ?? undefined;
};

export const syncSubject = (
  { db }: Store,
  syncId: string,
): Promise<{ policyId: string; sourceId: string } | undefined> =>
  db
    .selectFrom('sync')
    .select(['policy_id as policyId', 'source_id as sourceId'])
    .where('id', '=', syncId)
    .executeTakeFirst();
