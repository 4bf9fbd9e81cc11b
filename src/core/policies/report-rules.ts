import { freshSince } from './freshness.ts';
import { PRODUCT_CLASSES, type ProductClass } from '#shared/product-class.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { searchWords } from '#shared/search-words.ts';
import type { KnownValue } from './verdict.ts';
import { DAY } from '#shared/clock.ts';

/** The report's own words: what a filter holds, what a search looks for, which value stands for all. */

export const REPORT_FILTERS = [
  'all',
  'success',
  'not-found',
  'not-synced',
  'needs-link',
  'stale',
  'status-differs',
  'unconfirmed',
] as const;

/**
 * success, not-found: how the latest attempt ended. not-synced: may be synced, and had no success in
 * the last 7 days. needs-link: may be synced, and its newest sync waits for a login that is unlinked.
 * stale: may be synced, and its newest value is older than this kind of product should show.
 * status-differs: the latest attempt read another status than the CRM's. unconfirmed: a reading waits
 * for a person's word.
 */
export type ReportFilter = (typeof REPORT_FILTERS)[number];

const WEEK_MS = 7 * DAY;

/** Where "now" cuts: the database compares with these and knows neither clock nor calendar. */
export interface ReportCuts {
  /** A success at or after this counts, epoch ms. */
  syncedSince: number;
  /** The oldest as-of date (ISO) of each class that is not stale. */
  freshSince: Record<ProductClass, string>;
}

export const reportCuts = (now: number): ReportCuts => ({
  syncedSince: now - WEEK_MS,
  freshSince: Object.fromEntries(
    PRODUCT_CLASSES.map((name) => [name, freshSince(now, name)]),
  ) as Record<ProductClass, string>,
});

/**
 * What a typed search looks for, in texts of folded words that each begin after a blank: either the
 * number with everything else left out of it, or all the words. Two letters find what begins with
 * them, three or more find it anywhere.
 */
export interface ReportSearch {
  /** The whole number as it is compared; empty when none was typed. */
  numberKey: string;
  /** A row matches when it holds every part of one of these. */
  anyOf: string[][];
}

const SHORTEST_ANYWHERE = 3;

/** Undefined: nothing was typed. Signs alone find nothing. */
export const reportSearch = (typed: string): ReportSearch | undefined => {
  if (typed.trim() === '') return undefined;
  const numberKey = normalizeNumber(typed);
  const words = searchWords(typed);
  const part = (word: string): string =>
    Array.from(word).length < SHORTEST_ANYWHERE ? ` ${word}` : word;
  const anyOf = [numberKey === '' ? [] : [numberKey.toLowerCase()], words]
    .filter((parts) => parts.length > 0)
    .map((parts) => parts.map(part));
  return { numberKey, anyOf };
};

/** What people mean by "the value" of a policy, best first; a carrier's own names come after. */
export const MAIN_VALUES = [
  'Account Value',
  'Cash Value',
  'Surrender Value',
  'Death Benefit',
  'Face Value',
];
const PREMIUM = /premium/i;

export const mainValue = (values: readonly KnownValue[]): KnownValue | undefined => {
  const rank = ({ name }: KnownValue): number => {
    const known = MAIN_VALUES.indexOf(name);
    if (known >= 0) return known;
    return MAIN_VALUES.length + (PREMIUM.test(name) ? 1 : 0);
  };
  return values.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))[0];
};
