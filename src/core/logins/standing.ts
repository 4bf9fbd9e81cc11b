import type { FailureReason } from '#portal/portal.ts';
import { DAY, HOUR } from '#shared/clock.ts';

export interface Lease {
  fence: number;
  source: LeasedSource;
}

export interface LeasedSource {
  id: string;
  name: string;
  carrierId: string;
  holderId: string;
}

/** What a person should hear of a login before its link hurts; the most pressing first. */
export const WARNINGS = ['unlinked', 'ends-today', 'password-ends', 'trust-ends'] as const;

export type LinkWarning = (typeof WARNINGS)[number];

/** `not-started`: no worker took it in time. `interrupted`: the worker stopped in the middle. */
export type SignInFailure = FailureReason | 'not-started' | 'interrupted';

/** A sync that has waited longer than this for a link is not started by it any more: ask again. */
export const WAITS_FOR_LINK_MS = DAY;
/** How a login source stands, for people: what needs them first. */
export type SourceStanding = 'unlinked' | 'ends-soon' | 'linked';

/** Long enough before the end to link again without a hurry. */
const SOON_MS = HOUR;

export interface LinkState {
  linked: boolean;
  /** Epoch ms; null when the carrier does not say. */
  linkEndsAt: number | null;
  /** The worker signs in again by itself. */
  automatic: boolean;
}

export const standingOfSource = (
  { linked, linkEndsAt, automatic }: LinkState,
  now: number,
): SourceStanding => {
  if (!linked) return 'unlinked';
  return linkEndsAt !== null && !automatic && linkEndsAt - now < SOON_MS ? 'ends-soon' : 'linked';
};

/** The moments, epoch ms, by which a sign-in is over even when nobody says so. */
export interface Dead {
  /** One that still waits, and began before. */
  waiting: number;
  /** Any that began before. */
  any: number;
  /** Any that began after: by a clock that stood ahead. */
  ahead: number;
}
