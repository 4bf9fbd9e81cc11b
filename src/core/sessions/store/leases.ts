import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import { freeProbes } from './claims.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface DeadLease {
  sourceId: string;
  jobId: string;
  token: string;
}

/** Claims the login, and puts back what a dead session of it left in progress. */
export const claimLease = (
  { db, clock }: Store,
  sourceId: string,
  by: { holder: string; token: string; jobId: string; ttlMs: number },
): Promise<Lease | undefined> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const row = await trx
      .updateTable('login_source')
      .set({
        lease_fence: sql<number>`lease_fence + 1`,
        lease_holder: by.holder,
        lease_token: by.token,
        lease_job_id: by.jobId,
        lease_expires_at: now + by.ttlMs,
      })
      .where('id', '=', sourceId)
      .where('lease_expires_at', '<=', now)
      .where('removed_at', 'is', null)
      .returning([
        'id',
        'name',
        'carrier_id as carrierId',
        'holder_id as holderId',
        'lease_fence as fence',
      ])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const left = await trx
      .updateTable('sync')
      .set({ status: 'queued', reason: 'waiting', fence: null })
      .where('source_id', '=', sourceId)
      .where('status', '=', 'in-progress')
      .returning('id')
      .execute();
    await freeProbes(
      trx,
      left.map(({ id }) => id),
    );
    await trx.deleteFrom('yield_token').where('source_id', '=', sourceId).execute();
    const { fence, ...source } = row;
    return { fence, source };
  });

export const renewLease = async ({ db, clock }: Store, lease: Lease, ttlMs: number) => {
  const now = clock();
  const { numUpdatedRows } = await db
    .updateTable('login_source')
    .set({ lease_expires_at: now + ttlMs })
    .where('id', '=', lease.source.id)
    .where('lease_fence', '=', lease.fence)
    .where('lease_expires_at', '>', 0)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
};

export const releaseLease = async ({ db }: Store, lease: Lease): Promise<void> => {
  await db
    .updateTable('login_source')
    .set({ lease_expires_at: 0, lease_holder: null, lease_token: null, lease_job_id: null })
    .where('id', '=', lease.source.id)
    .where('lease_fence', '=', lease.fence)
    .execute();
};

/** Frees what an earlier process of this name held; its jobs can then be taken back. */
export const freeLeasesOf = ({ db }: Store, holder: string): Promise<DeadLease[]> =>
  db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('login_source')
      .select(['id', 'lease_job_id', 'lease_token'])
      .where('lease_holder', '=', holder)
      .execute();
    await trx
      .updateTable('login_source')
      .set({ lease_expires_at: 0, lease_holder: null, lease_token: null, lease_job_id: null })
      .where('lease_holder', '=', holder)
      .execute();
    return rows.map((row) => ({
      sourceId: row.id,
      jobId: row.lease_job_id ?? '',
      token: row.lease_token ?? '',
    }));
  });
