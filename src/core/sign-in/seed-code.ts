import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '#shared/secret.ts';
import { timeCode } from './time-code.ts';
import type { Clock } from '#shared/clock.ts';

export interface SeedCodeStore {
  /**
   * Written before the code is given away: false when one of this step or a later one was given, by
   * whichever session; undefined when the fence is old. A step is named by the moment it ends at.
   */
  takeStep: (sourceId: string, fence: number, until: number) => Promise<boolean | undefined>;
}

/** Two whole steps of the longest kind that carriers use; then something else is wrong. */
const LONGEST_WAIT_MS = 120_000;
/** A code that ends while it travels is refused, and that costs a person. */
const LEAST_LEFT_MS = 2000;

/**
 * A code of the set-up key that was never given before: the next step's, when this one's is used.
 * Undefined when the clock does not go on; `gone` when the session has lost the login.
 */
export const seedCode = async (
  { store, clock }: { store: SeedCodeStore; clock: Clock },
  sourceId: string,
  { fence, signal }: { fence: number; signal: AbortSignal },
  seed: Secret,
): Promise<Secret | 'gone' | undefined> => {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < end) {
    const { code, until } = timeCode(seed, clock());
    const left = until - clock();
    if (left >= LEAST_LEFT_MS) {
      const taken = await store.takeStep(sourceId, fence, until);
      if (taken === undefined) return 'gone';
      if (taken) return code;
    }
    await sleep(Math.min(Math.max(left, 50), 500), undefined, { signal });
  }
  return undefined;
};
