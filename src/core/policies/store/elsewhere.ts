import { indexedBy, isOpen } from '#database/dialect.ts';
import type { Database } from '#database/connection.ts';
import { sql } from 'kysely';
import type { SyncDetail } from '../sync-detail.ts';

const ELSEWHERE: SyncDetail = { cancelledBy: 'carrier-changed' };

/** What waits for a policy at logins of a carrier that it is not at any more is never read; those syncs. */
export const cancelElsewhere = async (
  trx: Database,
  now: number,
  policyId: string,
): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`update sync ${indexedBy('sync_open_pair')}
    set status = 'cancelled', reason = 'cancelled', detail = ${JSON.stringify(ELSEWHERE)},
      finished_at = ${now}
    where policy_id = ${policyId} and ${isOpen()} and status = 'queued'
      and source_id in (select l.id from login_source l
        where l.carrier_id <> (select p.carrier_id from policy p where p.id = ${policyId}))
    returning id`.execute(trx);
  return rows.map(({ id }) => id);
};
