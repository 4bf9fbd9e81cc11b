import { retryOf, type Reason } from '#shared/outcome.ts';
import { HOUR, MINUTE } from '#shared/clock.ts';

/** Waits between tries of a read that failed for the carrier's sake, then it has failed for good. */
const BACKOFF = [MINUTE, 5 * MINUTE, 15 * MINUTE];
/** A person is in the portal: long enough for them to finish, short enough to be of use. */
const COOL_DOWN = 12 * MINUTE;
const MOST_COOL_DOWNS = 4;
const BLOCKED = 4 * HOUR;
/** Nothing rests for longer, a paused carrier included, before it is tried again. */
export const LONGEST_REST = BLOCKED;

export type RetryPlan =
  | { kind: 'end' }
  /** The sync waits; `whole` tells that the login (or carrier) rests, not this policy alone. */
  | { kind: 'wait'; notBefore: number; whole: 'sync' | 'source' | 'carrier' };

/** What becomes of a sync that ran into trouble; `tries` counts the failed ones before. */
export const planRetry = (reason: Reason, tries: number, now: number): RetryPlan => {
  const retry = retryOf(reason);
  switch (retry) {
    case 'backoff': {
      const wait = BACKOFF[tries];
      return wait === undefined
        ? { kind: 'end' }
        : { kind: 'wait', notBefore: now + wait, whole: 'sync' };
    }
    case 'cool-down':
      return tries >= MOST_COOL_DOWNS
        ? { kind: 'end' }
        : { kind: 'wait', notBefore: now + COOL_DOWN, whole: 'source' };
    case 'hours':
      return { kind: 'wait', notBefore: now + BLOCKED, whole: 'carrier' };
    case undefined:
      return { kind: 'end' };
  }
};
