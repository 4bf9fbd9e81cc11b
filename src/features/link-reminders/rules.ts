import { isBusinessDay, nextBusinessDay } from '#shared/calendar.ts';
import { ADVANCE } from '#core/sign-in/rules.ts';
import { wallClock } from '#shared/schedule.ts';
import { type LinkWarning, WARNINGS } from '#core/logins/standing.ts';
import { DAY } from '#shared/clock.ts';

/** A login as the rule sees it. Times are epoch ms. */
export interface LinkFacts {
  linked: boolean;
  linkEndsAt: number | undefined;
  /** It needs no person when its session ends. */
  byItself: boolean;
  /** Until when the portal remembers the device, where that is made use of. */
  trustedUntil: number | undefined;
  /** ISO day on which the carrier says the password ends. */
  passwordEnds: string | undefined;
  /** When a person ended its link on purpose, who may not be its holder. */
  endedOnPurpose?: number;
  /** Policies of today that wait for it. */
  waiting: number;
}

/** What is to be said of it; `until` names the end it is about: '' when that has come. */
export interface Warned {
  why: LinkWarning;
  until: string;
}

/** Carriers give notice one to two weeks before a password ends. */
const PASSWORD_NOTICE_DAYS = 14;

const dayOf = (ms: number, zone: string): string => wallClock(ms, zone).day;

/**
 * The most pressing thing about a login today, in the firm's zone. What is merely told in advance
 * comes on a business day, when it is first known and again on the last business day before; `told`
 * says how often it was told on earlier days. A link that was ended on purpose is named once.
 */
export const warningOf = (
  source: LinkFacts,
  now: number,
  zone: string,
  told: (warned: Warned) => number,
): Warned | undefined => {
  const today = dayOf(now, zone);
  if (!source.linked) {
    const warned = unlinkedOf(source);
    const known = source.endedOnPurpose !== undefined && told(warned) > 0;
    return source.waiting > 0 && !known ? warned : undefined;
  }
  if (
    source.linkEndsAt !== undefined &&
    !source.byItself &&
    source.waiting > 0 &&
    dayOf(source.linkEndsAt, zone) <= today
  )
    return { why: 'ends-today', until: String(source.linkEndsAt) };
  return advanceOf(source, now, zone).find(({ ends, ...warned }) =>
    isTimely(ends, today, told(warned)),
  );
};

/** `until` tells one link that was ended on purpose from the next. */
export const unlinkedOf = ({ endedOnPurpose }: LinkFacts): Warned => ({
  why: 'unlinked',
  until: endedOnPurpose === undefined ? '' : String(endedOnPurpose),
});

interface Advance extends Warned {
  /** ISO day */
  ends: string;
}

const advanceOf = (
  { trustedUntil, passwordEnds }: LinkFacts,
  now: number,
  zone: string,
): Advance[] => [
  ...(passwordEnds !== undefined && passwordEnds <= dayOf(now + PASSWORD_NOTICE_DAYS * DAY, zone)
    ? [{ why: 'password-ends' as const, until: passwordEnds, ends: passwordEnds }]
    : []),
  ...(trustedUntil !== undefined && trustedUntil > now && trustedUntil <= now + ADVANCE
    ? [
        {
          why: 'trust-ends' as const,
          until: String(trustedUntil),
          ends: dayOf(trustedUntil, zone),
        },
      ]
    : []),
];

const isTimely = (ends: string, today: string, told: number): boolean =>
  isBusinessDay(today) &&
  ends >= today &&
  (told === 0 || (told === 1 && ends <= nextBusinessDay(today)));

/** The most pressing first; of equals what more depends on. */
export const byUrgency = (
  one: { why: LinkWarning; value: number; waiting: number },
  other: { why: LinkWarning; value: number; waiting: number },
): number =>
  Number(WARNINGS.indexOf(one.why) > 1) - Number(WARNINGS.indexOf(other.why) > 1) ||
  other.value - one.value ||
  other.waiting - one.waiting;
