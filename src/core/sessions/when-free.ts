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
  /** Undefined while it is asked when its lease ends. */
  const waiting = new Map<string, NodeJS.Timeout | undefined>();
  let ended = false;

  const wakeFree = async (sourceId: string): Promise<void> => {
    waiting.delete(sourceId);
    const endsAt = await leaseEnd(store, sourceId);
    if (endsAt !== undefined && endsAt <= store.clock()) await wake(sourceId);
  };

  return {
    look: async (sourceId) => {
      if (ended || waiting.has(sourceId)) return;
      waiting.set(sourceId, undefined);
      const endsAt = await leaseEnd(store, sourceId);
      if (ended || endsAt === undefined) {
        waiting.delete(sourceId);
        return;
      }
      const left = Math.max(0, endsAt - store.clock()) + MARGIN_MS;
      const timer = setTimeout(() => void wakeFree(sourceId).catch(onError), left);
      waiting.set(sourceId, timer.unref());
    },
    [Symbol.dispose]: () => {
      ended = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
};
