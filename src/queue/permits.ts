/** The right to read at a portal: as many as the worker has slots, urgent waiters first. */
export interface Permits {
  acquire: (urgent: boolean) => Promise<void>;
  release: () => void;
  /** How many are taken. */
  taken: () => number;
  /** None is free. */
  scarce: () => boolean;
  /** Somebody urgent waits for one. */
  wanted: () => boolean;
}

export const createPermits = (slots: number): Permits => {
  let free = slots;
  const urgentOnes: (() => void)[] = [];
  const others: (() => void)[] = [];
  return {
    acquire: (urgent) => {
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        (urgent ? urgentOnes : others).push(resolve);
      });
    },
    release: () => {
      const next = urgentOnes.shift() ?? others.shift();
      if (next === undefined) free += 1;
      else next();
    },
    taken: () => slots - free,
    scarce: () => free === 0,
    wanted: () => urgentOnes.length > 0,
  };
};
