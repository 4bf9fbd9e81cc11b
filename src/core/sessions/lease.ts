import { claimLease } from './store/leases.ts';
import { releaseLease, renewLease } from '#core/logins/store/lease.ts';
import type { Store } from '#database/store.ts';
import { every } from '#queue/every.ts';
import type { Lease } from '#core/logins/standing.ts';

const TTL_MS = 15_000;

export interface HeldLease extends AsyncDisposable {
  lease: Lease;
  /** Aborts when the job is cancelled or the lease is lost. */
  signal: AbortSignal;
}

/** Claims and keeps renewing until disposed; undefined when another session has the login. */
export const holdLease = async (
  store: Store,
  sourceId: string,
  by: { holder: string; token: string; jobId: string },
  cancel: AbortSignal,
  ttlMs = TTL_MS,
): Promise<HeldLease | undefined> => {
  const lease = await claimLease(store, sourceId, { ...by, ttlMs });
  if (lease === undefined) return undefined;
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    const kept = await renewLease(store, lease, ttlMs);
    if (!kept) lost.abort(new Error('the lease of this login went to another session'));
  };
  // One failed renewal is made good by the next; the fence guards what happens meanwhile.
  const renewing = every(Math.min(ttlMs, TTL_MS) / 5, renew, () => undefined);
  return {
    lease,
    signal: AbortSignal.any([cancel, lost.signal]),
    [Symbol.asyncDispose]: async () => {
      await renewing[Symbol.asyncDispose]();
      await releaseLease(store, lease);
    },
  };
};
