import type { Clock } from './clock.ts';

export interface TidyStore {
  /** Deletes up to `limit` marks of handled events older than `before`; how many there were. */
  forgetSights: (before: number, limit: number) => Promise<number>;
}

/** Slack sends an event again for some hours at most. */
const SIGHTS_KEPT_MS = 3 * 86_400_000;
const CHUNK = 500;

/** Deletes what is of no more use, in small steps that keep the event loop free. */
export const tidy = async ({ store, clock }: { store: TidyStore; clock: Clock }): Promise<void> => {
  const before = clock() - SIGHTS_KEPT_MS;
  while ((await store.forgetSights(before, CHUNK)) === CHUNK)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
};
