import { exchangeDay } from '#shared/calendar.ts';
import { sameMoney, type Money } from '#shared/money.ts';
import type { ProductClass } from '#shared/product-class.ts';
import {
  isInactive,
  standingIn,
  type KnownPolicy,
  type KnownValue,
  type SeenPolicy,
} from './verdict.ts';
import { DAY } from '#shared/clock.ts';

/**
 * Why a reading is not believed. Markets and people move values; what these rules look for is what
 * neither does: a decimal point or a thousands mark misread, a date of another century, a wrong
 * column. A person then decides, and nothing is written before.
 */
export type Doubt =
  | {
      kind: 'factor';
      name: string;
      from: Money;
      to: Money;
      /** How many times as much, or as little; above 1. */
      times: number;
      /** Digits are the same and the decimal point is not: so many places, to the right when above 0. */
      shifted?: number;
    }
  | { kind: 'sign' | 'zero' | 'currency'; name: string; from: Money; to: Money }
  | { kind: 'future' | 'long-ago'; name: string; asOf: string; fromAsOf?: string };

/** In minor units: beneath 1,000 of a currency a first payment or a fee is a large factor, rightly. */
const SMALL = 100_000;

/**
 * The largest factor between two readings that a withdrawal, a deposit or a market makes likely:
 * `soon` of one week, `later` of any time. `day` is what the market alone moves in a day, by which a
 * value times ten is told from one that merely grew tenfold.
 */
const LIMITS: Record<ProductClass, { soon: number; later: number; day: number }> = {
  variable: { soon: 4, later: 8, day: 0.15 },
  account: { soon: 5, later: 10, day: 0.15 },
  indexed: { soon: 4, later: 8, day: 0.1 },
  fixed: { soon: 4, later: 8, day: 0.05 },
  'universal-life': { soon: 4, later: 8, day: 0.1 },
  'whole-life': { soon: 4, later: 8, day: 0.05 },
  term: { soon: 4, later: 8, day: 0.01 },
  other: { soon: 5, later: 10, day: 0.15 },
};

/**
 * Billed by the month or by the year, paid up, waived: a premium may rightly do all of that. No market
 * moves it, and its digits stay the same at ten times as much only where they were misread.
 */
const PREMIUM = /premium/i;
const MOST_PREMIUM = 15;
const PREMIUM_DAY = 0.01;

/** What is owed is repaid, at once or over the years; what could be borrowed is another value. */
const isLoan = (name: string): boolean =>
  /\bloans?\b/i.test(name) && !/value|available|maximum/i.test(name);

const WEEK = 7;
/** Before portals and most of what they show. */
const FIRST_DAY = '1990-01-01';
const LONG_AGO_DAYS = 2 * 365;

const daysBetween = (from: string, to: string): number =>
  Math.abs(Date.parse(to) - Date.parse(from)) / DAY;

const isWithinAWeek = (from: string | undefined, to: string | undefined): boolean =>
  from !== undefined && to !== undefined && daysBetween(from, to) <= WEEK;

const dayAfter = (day: string): string =>
  new Date(Date.parse(day) + DAY).toISOString().slice(0, 10);

/** Places the decimal point moved, when that explains the change but for a day of the market. */
const shiftOf = (ratio: number, day: number): number | undefined => {
  const places = Math.round(Math.log10(ratio));
  return places !== 0 && Math.abs(ratio / 10 ** places - 1) <= day ? places : undefined;
};

const amountDoubt = (
  { productClass }: KnownPolicy,
  old: KnownValue,
  seen: KnownValue,
  inactive: boolean,
): Doubt | undefined => {
  const { name, amount: to } = seen;
  const from = old.amount;
  if (from.currency !== to.currency) return { kind: 'currency', name, from, to };
  if (sameMoney(from, to) || from.minor === 0) return undefined;
  const [before, after] = [Math.abs(from.minor), Math.abs(to.minor)];
  const premium = PREMIUM.test(name);
  if (before < SMALL && after < SMALL && !premium) return undefined;
  // What is surrendered, paid out or lapsed is rightly worth little, or nothing.
  const mayFall = inactive || premium || isLoan(name);
  if (to.minor === 0) return mayFall ? undefined : { kind: 'zero', name, from, to };
  if (Math.sign(from.minor) !== Math.sign(to.minor))
    return before < SMALL ? undefined : { kind: 'sign', name, from, to };
  if (after < before && inactive) return undefined;
  const { soon, later, day } = LIMITS[productClass];
  const shifted = shiftOf(after / before, premium ? PREMIUM_DAY : day);
  // A new policy is funded by its first payments: only digits that stay the same are a mistake then.
  if (before < SMALL && shifted === undefined) return undefined;
  const most = premium ? MOST_PREMIUM : isWithinAWeek(old.asOf, seen.asOf) ? soon : later;
  const times = after > before ? after / before : before / after;
  // The same digits elsewhere are a mistake, however long ago the known ones were.
  if (times <= most && shifted === undefined) return undefined;
  return {
    kind: 'factor',
    name,
    from,
    to,
    times,
    ...(shifted === undefined ? {} : { shifted }),
  };
};

const dateDoubt = (
  { name, asOf }: KnownValue,
  old: KnownValue | undefined,
  now: number,
): Doubt | undefined => {
  if (asOf === undefined) return undefined;
  const known = old?.asOf;
  const fromAsOf = known === undefined ? {} : { fromAsOf: known };
  // A day's grace: the carrier may be on the other side of a date line.
  if (asOf > dayAfter(exchangeDay(now))) return { kind: 'future', name, asOf, ...fromAsOf };
  const farBack = known !== undefined && asOf < known && daysBetween(asOf, known) > LONG_AGO_DAYS;
  return asOf < FIRST_DAY || farBack ? { kind: 'long-ago', name, asOf, ...fromAsOf } : undefined;
};

/** Everything about a reading that is not believed; none when it may be written. */
export const doubtsOf = (policy: KnownPolicy, seen: SeenPolicy, now: number): Doubt[] => {
  const before = new Map(policy.values.map((value) => [value.name, value]));
  const inactive = isInactive(standingIn(seen));
  return seen.values.flatMap((value): Doubt[] => {
    const old = before.get(value.name);
    const date = dateDoubt(value, old, now);
    if (date !== undefined) return [date];
    const amount = old && amountDoubt(policy, old, value, inactive);
    return amount === undefined ? [] : [amount];
  });
};

/** Fewer than this in a book are few enough that any of them may leave. */
const SMALL_BOOK = 4;

/**
 * Whether a listing is not believed because half of the book or more is not in it: `before` counts
 * the policies that this login was seen to see, `now` those that the listing shows.
 */
export const bookShrunk = (before: number, now: number): boolean =>
  before >= SMALL_BOOK && now * 2 <= before;

interface Doubted {
  carrierStatus: string;
  values: readonly KnownValue[];
  doubts: readonly Doubt[];
}

/** Days that are themselves in doubt; others move on from one reading to the next. */
const doubtedDays = (doubts: readonly Doubt[]): string =>
  doubts
    .flatMap((doubt) => ('asOf' in doubt ? [`${doubt.name} ${doubt.asOf}`] : []))
    .sort()
    .join();

/** What a person who looked at one of them has seen of the other: amounts, status, and days in doubt. */
export const sameReading = (a: Doubted, b: Doubted): boolean => {
  const others = new Map(b.values.map((value) => [value.name, value]));
  return (
    a.carrierStatus === b.carrierStatus &&
    doubtedDays(a.doubts) === doubtedDays(b.doubts) &&
    a.values.length === b.values.length &&
    a.values.every(({ name, amount }) => {
      const other = others.get(name);
      return other !== undefined && sameMoney(other.amount, amount);
    })
  );
};
