/** A clock that stands still until it is moved, and whoever sleeps until it is. */
export interface WeekTime {
  now: () => number;
  /** Resolves once the clock has come so far; rejects when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  asleep: () => number;
  /** When the next sleeper wakes. */
  nextWaking: () => number | undefined;
  moveTo: (at: number) => void;
}

export const createTime = (start: number): WeekTime => {
  let now = start;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { until: now + ms, wake: resolve };
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      sleepers.add(sleeper);
      try {
        await promise;
      } finally {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', abort);
      }
    },
    asleep: () => sleepers.size,
    nextWaking: () =>
      sleepers.size === 0 ? undefined : Math.min(...[...sleepers].map(({ until }) => until)),
    moveTo: (at) => {
      now = Math.max(now, at);
      for (const sleeper of sleepers) {
        if (sleeper.until > now) continue;
        // Counted awake from this moment on, though it goes on a little later.
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
};
