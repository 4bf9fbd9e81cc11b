import type { Store } from '#database/store.ts';
import { freeProbes } from './claims.ts';
import { putBackLeft } from './deaths.ts';
import type { Lease } from '#core/logins/standing.ts';
import { takeLease } from '#core/logins/store/lease.ts';

/** Claims the login, and puts back what a dead session of it left in progress. */
export const claimLease = (
  { db, clock }: Store,
  sourceId: string,
  by: { holder: string; token: string; jobId: string; ttlMs: number },
): Promise<Lease | undefined> =>
  db.transaction().execute(async (trx) => {
    const fence = await takeLease(trx, clock(), sourceId, by);
    if (fence === undefined) return undefined;
    await freeProbes(trx, await putBackLeft(trx, clock(), sourceId, fence));
    await trx.deleteFrom('yield_token').where('source_id', '=', sourceId).execute();
    const source = await trx
      .selectFrom('login_source')
      .select(['id', 'name', 'carrier_id as carrierId', 'holder_id as holderId'])
      .where('id', '=', sourceId)
      .executeTakeFirstOrThrow();
    return { fence, source };
  });
