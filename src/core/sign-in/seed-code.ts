import { takeStep } from './store/codes.ts';
import { untilWritten } from '#database/patience.ts';
import type { Store } from '#database/store.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '#shared/secret.ts';
import { timeCode } from './time-code.ts';
import type { Clock } from '#shared/clock.ts';

/** Two whole steps of the longest kind that carriers use; then something else is wrong. */
const LONGEST_WAIT_MS = 120_000;
/** A code that ends while it travels is refused, and that costs a person. */
const LEAST_LEFT_MS = 2000;

/**
 * A code of the set-up key that was never given before: the next step's, when this one's is used.
 * Undefined when the clock does not go on; `gone` when the session has lost the login.
 */
export const seedCode = async (
  { store, clock }: { store: Store; clock: Clock },
  sourceId: string,
  { fence, signal }: { fence: number; signal: AbortSignal },
  seed: Secret,
): Promise<Secret | 'gone' | undefined> => {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < end) {
    const { code, until } = timeCode(seed, clock());
    const left = until - clock();
    if (left >= LEAST_LEFT_MS) {
      const taken = await untilWritten(() => takeStep(store, sourceId, fence, until));
      if (taken === undefined) return 'gone';
      if (taken) return code;
    }
    await sleep(Math.min(Math.max(left, 50), 500), undefined, { signal });
  }
  return undefined;
};
