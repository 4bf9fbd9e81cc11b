import { every } from '#queue/every.ts';
import type { Lease } from '#core/logins/lease.ts';

/**
 * One session at a time may use a login. The lease is a row in SQL with a fence that grows at each
 * claim; each write of a session names its fence, so a session frozen past its lease cannot write.
 */
export interface LeaseStore {
  /** Claims the login, and puts back what a dead session of it left in progress. */
  claimLease: (
    sourceId: string,
    by: { holder: string; token: string; jobId: string; ttlMs: number },
  ) => Promise<Lease | undefined>;
  renewLease: (lease: Lease, ttlMs: number) => Promise<boolean>;
  releaseLease: (lease: Lease) => Promise<void>;
}

const TTL_MS = 15_000;

export interface HeldLease extends AsyncDisposable {
  lease: Lease;
  /** Aborts when the job is cancelled or the lease is lost. */
  signal: AbortSignal;
}

/** Claims and keeps renewing until disposed; undefined when another session has the login. */
export const holdLease = async (
  store: LeaseStore,
  sourceId: string,
  by: { holder: string; token: string; jobId: string },
  cancel: AbortSignal,
  ttlMs = TTL_MS,
): Promise<HeldLease | undefined> => {
  const lease = await store.claimLease(sourceId, { ...by, ttlMs });
  if (lease === undefined) return undefined;
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    const kept = await store.renewLease(lease, ttlMs);
    if (!kept) lost.abort(new Error('the lease of this login went to another session'));
  };
  // One failed renewal is made good by the next; the fence guards what happens meanwhile.
  const renewing = every(Math.min(ttlMs, TTL_MS) / 5, renew, () => undefined);
  return {
    lease,
    signal: AbortSignal.any([cancel, lost.signal]),
    [Symbol.asyncDispose]: async () => {
      await renewing[Symbol.asyncDispose]();
      await store.releaseLease(lease);
    },
  };
};
