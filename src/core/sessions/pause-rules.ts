import { MINUTE } from '#shared/clock.ts';

/** How a pause ended: a trial sync worked, or a person said so. */
export type PauseEnd = 'probe' | 'by-hand';

/** How many failures of the adapter's making, over how many policies, within what time. */
export interface PauseRule {
  failures: number;
  policies: number;
  windowMs: number;
}

export const USUAL_PAUSE_RULE: PauseRule = {
  failures: 5,
  policies: 2,
  windowMs: 30 * MINUTE,
};

/** What the adapter did not understand, and of how many policies and logins. */
export interface AdapterFailures {
  failures: number;
  policies: number;
  /** How many of the failures are listings. */
  listings: number;
}

/**
 * One odd policy that is asked for again and again is not a broken adapter. Neither are listings alone:
 * every policy can still be read on its own page, which a pause would end.
 */
export const isBroken = (
  { failures, policies, listings }: AdapterFailures,
  rule: PauseRule,
): boolean => failures >= rule.failures && policies >= rule.policies && failures > listings;

/** Waits between probes: a portal that is changed for good is mended in hours, not in minutes. */
const PROBE_WAITS = [15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);

/** When one sync may try again; `probes` counts those that failed before. Epoch ms. */
export const nextProbe = (probes: number, now: number): number =>
  now + (PROBE_WAITS[Math.min(probes, PROBE_WAITS.length - 1)] ?? 0);

/** A probe that told nothing of the carrier, such as a login that must be linked, is repeated soon. */
export const PROBE_AGAIN_MS = MINUTE;

/** A probe of a session that died is another's after this long. */
export const PROBE_LIFE_MS = 10 * MINUTE;

/** A sync that failed on the way into pauses so often fails for good: it is the policy, not the carrier. */
export const MOST_RETURNS = 3;
