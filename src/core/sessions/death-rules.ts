import type { PortalFailure } from '#portal/portal.ts';
import { MINUTE } from '#shared/clock.ts';

/** What a page did to the sessions that were at it: none of them came to an end, their process did. */
export interface Deaths {
  deaths: number;
  /** The last one was at the sign-in, and not at the policy. */
  atSignIn: boolean;
}

/**
 * So many in a row are no accident. Fewer may be: a policy is what the next session begins with, so that
 * where one worker is killed every few seconds it may be under way each time. Four in a row were seen in a
 * hundred kills.
 */
const MOST_DEATHS = 8;
/** A page that did so before is given so many tries. */
const KNOWN_TRIES = 2;
/** From here on it is in doubt: it is tried less often, and not beside another one. */
const DOUBTED = 4;
/** Spares the others of the worker, and lets a machine that is short of memory come to itself. */
const REST_MS = MINUTE;

/** One more, after those in a row before; `isKnown`: the sync of this policy before ended by them. */
export const oneMoreDeath = (before: number, isKnown: boolean): number =>
  (before === 0 && isKnown ? MOST_DEATHS - KNOWN_TRIES : before) + 1;

export const isDeadly = ({ deaths }: Pick<Deaths, 'deaths'>): boolean => deaths >= MOST_DEATHS;

/** Whose page ended the process is not known where two are tried at once. */
export const isDoubted = ({ deaths }: Pick<Deaths, 'deaths'>): boolean => deaths >= DOUBTED;

/** Until when its login rests, epoch ms. The first ones are anybody's, and the last one needs no try more. */
export const restAfter = (deaths: number, now: number): number =>
  isDoubted({ deaths }) && !isDeadly({ deaths }) ? now + REST_MS : 0;

/** What they come to; a sign-in may have got as far as the password, and then a person looks first. */
export const failureOf = ({ deaths, atSignIn }: Deaths): PortalFailure => ({
  kind: 'failure',
  reason: atSignIn ? 'lockout-risk' : 'portal-changed',
  detail: `The process of its worker ended ${deaths} times in a row ${atSignIn ? 'while it signed in' : 'while it read this policy'}`,
});
