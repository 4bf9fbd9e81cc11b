import { normalizeNumber } from '#shared/policy-number.ts';
import { standingIn, type KnownValue, type SeenPolicy } from '#core/policies/verdict.ts';
import { HOUR } from '#shared/clock.ts';

/** How the newest reading of a login's book ended: with its last screen, by trouble, or to let somebody through. */
export type BookEnd = 'whole' | 'failure' | 'gave-way';

/** Why a listing serves nobody though it came: our adapter does not understand it, or half of it is gone. */
export type ListingTrouble =
  | { what: 'not-understood'; note?: string }
  | { what: 'shrunk'; before: number; now: number };

/** With fewer policies to read, a listing of the whole book costs more than it saves. */
const LEAST_OPEN = 5;

/** What a whole listing lacked is read singly, not listed again. */
const REST_MS: Record<BookEnd, number> = {
  whole: 6 * HOUR,
  failure: HOUR,
  'gave-way': 0,
};

/** Whether to read the book now, with `open` background syncs of the login waiting. */
export const isWorthABook = (
  { open, last }: { open: number; last: { readAt: number; ended: BookEnd } | undefined },
  now: number,
): boolean =>
  open >= LEAST_OPEN && (last === undefined || now - last.readAt >= REST_MS[last.ended]);

/** The entries that a listing has of each number; one that is there twice serves nobody. */
export const entriesByNumber = <T extends { number: string }>(
  entries: readonly T[],
): Map<string, T> =>
  new Map(
    [...Map.groupBy(entries, ({ number }) => normalizeNumber(number))].flatMap(([key, same]) => {
      const [only] = same;
      return same.length === 1 && only !== undefined ? [[key, only] as const] : [];
    }),
  );

/**
 * Whether a listing's entry says of a policy all that its own page would: a status we understand,
 * every value known before, none missing, none of an older day.
 */
export const servesInFull = (entry: SeenPolicy, known: readonly KnownValue[]): boolean => {
  if (entry.missing.length > 0 || entry.values.length === 0) return false;
  if (standingIn(entry) === 'review') return false;
  const listed = new Map(entry.values.map(({ name, asOf }) => [name, asOf]));
  return known.every(
    ({ name, asOf }) => listed.has(name) && (listed.get(name) ?? '') >= (asOf ?? ''),
  );
};
