import { HOUR, MINUTE } from '#shared/clock.ts';

/** When an event that was not taken is sent again, and when it is given up. */

const SECOND = 1000;

/** As the Standard Webhooks specification advises: quick at first, then over three days. */
const WAITS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR];
export const LONGEST_WAIT = 6 * HOUR;
const GIVEN_UP_AFTER = 72 * HOUR;

/** After how many ms it is sent again; undefined: it is given up. */
export const nextTry = (tries: number, createdAt: number, now: number): number | undefined =>
  now - createdAt >= GIVEN_UP_AFTER ? undefined : (WAITS[tries] ?? LONGEST_WAIT);

/** Its last try should be over, and nobody has made it: what it tells is no news any more. */
export const isTooOld = (createdAt: number, now: number): boolean =>
  now - createdAt >= GIVEN_UP_AFTER + LONGEST_WAIT;
