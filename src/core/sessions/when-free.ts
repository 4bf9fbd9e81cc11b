import { leaseEnd } from '#core/logins/store/lease.ts';
import type { Store } from '#database/store.ts';

export interface WhenFree extends Disposable {
  /** A session found this login in another's hands. */
  look: (sourceId: string) => Promise<void>;
}

/** Past the end itself: clocks of timers and of leases are not the same to the millisecond. */
const MARGIN_MS = 50;

/**
 * Wakes a login as the lease that kept a session from it runs out: nobody renewed it, so its holder
 * has died, and the sweep is seconds away. A holder that renews it lives, and needs nobody.
 */
export const wakeWhenFree = ({
  store,
  wake,
  onError,
}: {
  store: Store;
  wake: (sourceId: string) => Promise<unknown>;
  onError: (error: unknown) => void;
}): WhenFree => {
  const waiting = new Map<string, NodeJS.Timeout>();

  const ended = async (sourceId: string): Promise<void> => {
    waiting.delete(sourceId);
    if ((await leaseEnd(store, sourceId)) <= store.clock()) await wake(sourceId);
  };

  return {
    look: async (sourceId) => {
      if (waiting.has(sourceId)) return;
      const left = Math.max(0, (await leaseEnd(store, sourceId)) - store.clock());
      const timer = setTimeout(() => void ended(sourceId).catch(onError), left + MARGIN_MS);
      waiting.set(sourceId, timer.unref());
    },
    [Symbol.dispose]: () => {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
};
