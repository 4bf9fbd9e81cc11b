import { may, type Actor } from '#shared/access.ts';
import { DAY, MINUTE, SKEW } from '#shared/clock.ts';
import type { Dead } from '#core/logins/standing.ts';

/** The rules of linking a login source: who may, how long, and when a password stays unsent. */

export const LINK_LIFE = 15 * MINUTE;
/** How long a sealed password waits for a worker; a longer wait would surprise the person. */
export const CREDENTIALS_LIFE = 10 * MINUTE;
export const CODE_LIFE = 5 * MINUTE;
/** No sign-in, its wait and its code included, lasts longer; a person may then start another. */
export const SIGN_IN_LIFE = 20 * MINUTE;

export const deadAt = (now: number): Dead => ({
  waiting: now - CREDENTIALS_LIFE,
  any: now - SIGN_IN_LIFE,
  ahead: now + SKEW,
});

export const isDead = (signIn: { createdAt: number; state: string }, dead: Dead): boolean =>
  signIn.createdAt > dead.ahead ||
  signIn.createdAt <= (signIn.state === 'waiting' ? dead.waiting : dead.any);

export interface LinkSubject {
  holderId: string;
  sharedWith: readonly string[];
  removed: boolean;
}

/** Asked at every step: a link in a pocket ends with the right to use it. */
export const mayLink = (person: Actor, source: LinkSubject): boolean =>
  !source.removed &&
  may(person, 'source.link', {
    holds: person.id === source.holderId,
    shared: source.sharedWith.includes(person.id),
  });

export interface LinkFacts {
  expiresAt: number;
  browserHash?: string;
  pairingNumber?: string;
  confirmedAt?: number;
  finishedAt?: number;
  endedReason?: LinkEnd;
}

export type LinkEnd = 'linked' | 'wrong-number' | 'stopped' | 'replaced';

/** What a link is to the browser that shows it. `new` is untied yet, or its tie cannot be seen. */
export type LinkStanding =
  | { kind: 'new' }
  | { kind: 'pairing'; number: string }
  | { kind: 'ready' }
  /** Ready, but too old for a new sign-in: one under way may still be followed. */
  | { kind: 'ready-expired' }
  | { kind: 'expired' }
  | { kind: 'used' }
  | { kind: 'wrong-number' }
  | { kind: 'stopped' }
  /** Its person asked for a new page, since this one was lost. */
  | { kind: 'replaced' }
  | { kind: 'other-browser' };

/**
 * `browserHash` is undefined while the browser sends no cookie, which also happens in the right
 * browser when the page is opened from Slack; it is then asked to continue and shows it.
 */
export const standingOfLink = (
  link: LinkFacts,
  browserHash: string | undefined,
  now: number,
): LinkStanding => {
  const here = link.browserHash !== undefined && link.browserHash === browserHash;
  const expired = now >= link.expiresAt;
  if (link.endedReason === 'wrong-number') return { kind: 'wrong-number' };
  if (link.endedReason === 'stopped') return { kind: 'stopped' };
  if (link.endedReason === 'replaced') return { kind: 'replaced' };
  if (here && link.confirmedAt !== undefined)
    return { kind: expired || link.finishedAt !== undefined ? 'ready-expired' : 'ready' };
  if (link.finishedAt !== undefined) return { kind: 'used' };
  if (expired) return { kind: 'expired' };
  if (here) return { kind: 'pairing', number: link.pairingNumber ?? '' };
  if (link.browserHash === undefined || browserHash === undefined) return { kind: 'new' };
  return { kind: 'other-browser' };
};

/** One submission of a password. No outcome: it is not known what the carrier said. */
export interface SignInTry {
  /** Its place among those of the login: a clock may be set back. */
  nth: number;
  automatic: boolean;
  submittedAt: number;
  outcome?: string;
}

export type AutomaticSignIn =
  | { kind: 'yes' }
  | { kind: 'no'; why: 'code-possible' | 'not-accepted' | 'cap-reached' };

/** What answers a code, or spares it, with no person present. */
export interface CodeHelp {
  /** Until when the portal asks this device for none; undefined where its cookies are not kept. */
  trustedUntil?: number;
  /** The set-up key of an authenticator is kept, and gave no code yet that was refused. */
  hasSeed: boolean;
}

/** A device whose time runs out while the portal is on its way would be asked all the same. */
const TRUST_MARGIN = 10 * MINUTE;

export const isTrusted = (trustedUntil: number | undefined, now: number): boolean =>
  trustedUntil !== undefined && trustedUntil > now + TRUST_MARGIN;

/** Ends within a week: the next code is better used to be remembered anew. */
export const ADVANCE = 7 * DAY;
export const isRenewedSoon = (trustedUntil: number, now: number): boolean =>
  trustedUntil <= now + ADVANCE;

/** The portal asks for a code, if at all, that we can give: no person is needed for one. */
const needsNoPerson = (
  { codes, authenticatorChannel }: CodeRule,
  { trustedUntil, hasSeed }: CodeHelp,
  now: number,
): boolean =>
  codes === 'never' ||
  isTrusted(trustedUntil, now) ||
  (hasSeed && authenticatorChannel !== undefined);

/** What of a carrier the rule asks for. */
export interface CodeRule {
  codes: 'never' | 'sometimes' | 'always';
  automaticSignInsPerDay: number;
  authenticatorChannel?: string;
}

/**
 * Whether the stored password may be submitted with no person present.
 * Where a code may be asked for, only while the device is remembered or a set-up key is kept. After any submission not known to have been accepted, none follows until a person's own sign-in
 * is accepted; accepted ones are capped over any 24 hours by the carrier's setting.
 */
export const mayAutomaticallySignIn = (
  tries: readonly SignInTry[],
  carrier: CodeRule,
  now: number,
  help: CodeHelp = { hasSeed: false },
): AutomaticSignIn => {
  if (!needsNoPerson(carrier, help, now)) return { kind: 'no', why: 'code-possible' };
  const linked = tries.filter((one) => !one.automatic && wasAccepted(one));
  if (since(linked, tries).some((one) => !wasAccepted(one)))
    return { kind: 'no', why: 'not-accepted' };
  const today = tries.filter((one) => one.automatic && one.submittedAt > now - DAY);
  return today.length >= carrier.automaticSignInsPerDay
    ? { kind: 'no', why: 'cap-reached' }
    : { kind: 'yes' };
};

/** Passwords the carrier turned down in the last 24 hours, since it last accepted one. */
export const recentRejections = (tries: readonly SignInTry[], now: number): number =>
  since(tries.filter(wasAccepted), tries).filter(
    (one) => one.outcome === 'bad-credentials' && one.submittedAt > now - DAY,
  ).length;

/** Many carriers lock a login at the third wrong password in a row. */
export const nearLockout = (rejections: number): boolean => rejections >= 2;

/** Those submitted since the last of `some`; one of the very same place counts, to be safe. */
const since = (some: readonly SignInTry[], tries: readonly SignInTry[]): SignInTry[] => {
  const last = Math.max(...some.map(({ nth }) => nth));
  return tries.filter(({ nth }) => nth >= last);
};

/** That somebody else is in the portal is told only to who gave the right password. */
const wasAccepted = (one: SignInTry): boolean =>
  one.outcome === 'signed-in' || one.outcome === 'session-conflict';
