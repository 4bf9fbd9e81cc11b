/** Holds reads until they are let go, so that a test may act during one without timing. */
export const createGates = () => {
  const closed = new Map<string, { opened: Promise<void>; open: () => void; waiting: number }>();
  const timers = new Set<() => void>();

  const release = (key: string): void => {
    closed.get(key)?.open();
    closed.delete(key);
  };

  const delay = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        timers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      timers.add(end);
    });

  return {
    close: (key: string): void => {
      if (closed.has(key)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      closed.set(key, { opened: promise, open: resolve, waiting: 0 });
    },
    release,
    /** Also ends delays, so that a portal with slow answers under way closes at once. */
    releaseAll: (): void => {
      for (const key of closed.keys()) release(key);
      for (const end of timers) end();
    },
    /** Resolves at once unless the gate is closed. */
    pass: async (key: string): Promise<void> => {
      const gate = closed.get(key);
      if (!gate) return;
      gate.waiting += 1;
      await gate.opened;
    },
    delay,
    /** As long as a timer lasts; `releaseAll` ends it. */
    forever: (): Promise<void> => delay(2 ** 31 - 1),
    held: (): string[] => [...closed].filter(([, gate]) => gate.waiting > 0).map(([key]) => key),
  };
};

export type Gates = ReturnType<typeof createGates>;
