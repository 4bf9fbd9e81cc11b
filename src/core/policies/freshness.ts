import { businessDaysBefore, businessDaysBetween, lastValuedDay } from '#shared/calendar.ts';
import type { ProductClass } from '#shared/product-class.ts';
import { DAY } from '#shared/clock.ts';

/** How often a product of this class is valued, which alone decides what is stale. */
type Cadence = 'daily' | 'yearly';

const CADENCE: Record<ProductClass, Cadence> = {
  variable: 'daily',
  account: 'daily',
  fixed: 'yearly',
  indexed: 'yearly',
  term: 'yearly',
  'whole-life': 'yearly',
  'universal-life': 'yearly',
  other: 'yearly',
};

/** Carriers post a daily value in the night: one business day late is still normal. */
const DAILY_GRACE = 1;
const YEARLY_GRACE_DAYS = 400;

export type Freshness =
  | { kind: 'fresh' }
  /** The carrier shows no date: all that is known is when it was read. */
  | { kind: 'unknown' }
  | { kind: 'stale'; asOf: string; expected: string; businessDaysLate: number };

/** Judged on the as-of date and the product class, never on equal values. */
export const freshness = (
  asOf: string | undefined,
  now: number,
  productClass: ProductClass,
): Freshness => {
  if (asOf === undefined) return { kind: 'unknown' };
  const expected = lastValuedDay(now);
  if (CADENCE[productClass] === 'daily') {
    const late = businessDaysBetween(asOf, expected);
    return late > DAILY_GRACE
      ? { kind: 'stale', asOf, expected, businessDaysLate: late }
      : { kind: 'fresh' };
  }
  const days = (Date.parse(expected) - Date.parse(asOf)) / DAY;
  return days > YEARLY_GRACE_DAYS
    ? { kind: 'stale', asOf, expected, businessDaysLate: businessDaysBetween(asOf, expected) }
    : { kind: 'fresh' };
};

/** The oldest as-of date (ISO) that is not stale now; what a database compares with. */
export const freshSince = (now: number, productClass: ProductClass): string => {
  const expected = lastValuedDay(now);
  return CADENCE[productClass] === 'daily'
    ? businessDaysBefore(expected, DAILY_GRACE)
    : new Date(Date.parse(expected) - YEARLY_GRACE_DAYS * DAY).toISOString().slice(0, 10);
};

export const isValuedDaily = (productClass: ProductClass): boolean =>
  CADENCE[productClass] === 'daily';
