import { sql } from 'kysely';
import type { Clock } from '#shared/clock.ts';
import type { LeaseStore } from '../lease.ts';
import { freeProbes } from './claims.ts';
import type { Database } from '#database/connection.ts';

export interface DeadLease {
  sourceId: string;
  jobId: string;
  token: string;
}

export interface DeadLeaseStore {
  /** Frees what an earlier process of this name held; its jobs can then be taken back. */
  freeLeasesOf: (holder: string) => Promise<DeadLease[]>;
}

export const leaseStore = (db: Database, clock: Clock): LeaseStore & DeadLeaseStore => ({
  claimLease: (sourceId, by) =>
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
    }),

  renewLease: async (lease, ttlMs) => {
    const now = clock();
    const { numUpdatedRows } = await db
      .updateTable('login_source')
      .set({ lease_expires_at: now + ttlMs })
      .where('id', '=', lease.source.id)
      .where('lease_fence', '=', lease.fence)
      .where('lease_expires_at', '>', 0)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  },

  releaseLease: async (lease) => {
    await db
      .updateTable('login_source')
      .set({ lease_expires_at: 0, lease_holder: null, lease_token: null, lease_job_id: null })
      .where('id', '=', lease.source.id)
      .where('lease_fence', '=', lease.fence)
      .execute();
  },

  freeLeasesOf: (holder) =>
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
    }),
});
