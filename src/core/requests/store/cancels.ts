import { lockLogins } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import type { Database } from '#database/connection.ts';
import { isOpen } from '#database/dialect.ts';
import { touchRequests } from '#database/touch.ts';

/** An open sync of the same pair: only one of them may be. */
const hasTwin = async (trx: Database, sync: { id: string; policy_id: string; source_id: string }) =>
  (await trx
    .selectFrom('sync')
    .select('id')
    .where('policy_id', '=', sync.policy_id)
    .where('source_id', '=', sync.source_id)
    .where(isOpen())
    .where('id', '<>', sync.id)
    .executeTakeFirst()) !== undefined;

/** The logins of the syncs that a request shows. */
export const sourcesOf = (trx: Database, requestId: string): Promise<{ source_id: string }[]> =>
  trx
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select('s.source_id')
    .where('rs.request_id', '=', requestId)
    .execute();

/**
 * Takes this request off the syncs it waits for; a sync nobody else waits for ends as cancelled,
 * or goes back to the background it came from. False when nothing was waiting any more.
 */
export const cancelSyncsOf = (
  { db, clock }: Store,
  requestId: string,
  personId: string,
  /** This one alone. */
  syncId?: string,
): Promise<boolean> =>
  db.transaction().execute((trx) => takeOff(trx, clock(), requestId, personId, syncId));

/** The same in the transaction of the caller; `personId`: who cancels it, where that is a person. */
export const takeOff = async (
  trx: Database,
  now: number,
  requestId: string,
  personId: string | null,
  syncId?: string,
): Promise<boolean> => {
  await lockLogins(trx, () => sourcesOf(trx, requestId));
  const waiting = await trx
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select(['s.id', 's.run_id', 's.status', 's.policy_id', 's.source_id'])
    .where('rs.request_id', '=', requestId)
    .where('rs.cancelled_at', 'is', null)
    .where('s.status', 'in', ['queued', 'needs-link'])
    .$if(syncId !== undefined, (these) => these.where('s.id', '=', syncId ?? ''))
    .execute();
  for (const sync of waiting) {
    await trx
      .updateTable('request_sync')
      .set({ cancelled_at: now, cancelled_by: personId })
      .where('request_id', '=', requestId)
      .where('sync_id', '=', sync.id)
      .execute();
    const others = await trx
      .selectFrom('request_sync')
      .select('request_id')
      .where('sync_id', '=', sync.id)
      .where('cancelled_at', 'is', null)
      .executeTakeFirst();
    if (others !== undefined) continue;
    await trx
      .updateTable('sync')
      .set(
        sync.run_id === null || (await hasTwin(trx, sync))
          ? { status: 'cancelled', reason: 'cancelled', finished_at: now }
          : {
              priority: 100,
              ...(sync.status === 'needs-link'
                ? { status: 'queued', reason: 'waiting-for-link', finished_at: null }
                : {}),
            },
      )
      .where('id', '=', sync.id)
      .execute();
  }
  if (waiting.length > 0) await touchRequests(trx, [requestId], now);
  return waiting.length > 0;
};
