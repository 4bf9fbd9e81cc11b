import { isDeepStrictEqual } from 'node:util';
import { standingOf } from '#shared/status.ts';
import type { PolicySnapshot } from '#portal/portal.ts';
import type { Replayed } from '#portal/recording/replay.ts';
import type { Mutation } from './mutation.ts';

/**
 * What came of a mutant. `partial` tells of a value by name that it has no amount: a person is told
 * so, and the old one is kept.
 */
export type Verdict =
  | 'right'
  | 'partial'
  | 'portal-changed'
  | 'wrong-value'
  | 'false-not-found'
  | 'silent-empty';

const byName = <T extends { name: string }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => a.name.localeCompare(b.name));

/** One policy beside what it should be. */
const compare = (seen: PolicySnapshot, expected: PolicySnapshot, lax: boolean): Verdict => {
  const { productName } = seen;
  const sameProduct = productName === expected.productName || (lax && productName === undefined);
  if (seen.number !== expected.number || seen.status !== expected.status || !sameProduct)
    return 'wrong-value';
  for (const value of seen.values) {
    const should = expected.values.find((each) => each.name === value.name);
    // Under a name that the page has now: what it should have been is missed below.
    if (should !== undefined && !isDeepStrictEqual(should, value)) return 'wrong-value';
  }
  // Portals show no values of a policy that has ended; its status says so, and the old ones are kept.
  const hasEnded = ['closed', 'expired'].includes(standingOf(seen.status));
  if (lax && hasEnded && seen.values.length + seen.missing.length === 0) return 'partial';
  const told = new Set([...seen.values.map((value) => value.name), ...seen.missing]);
  if (expected.values.some((value) => !told.has(value.name))) return 'silent-empty';
  const same =
    isDeepStrictEqual(byName(seen.values), byName(expected.values)) &&
    isDeepStrictEqual(seen.missing.toSorted(), expected.missing.toSorted());
  return same ? 'right' : 'partial';
};

const WORST: readonly Verdict[] = [
  'wrong-value',
  'false-not-found',
  'silent-empty',
  'portal-changed',
  'partial',
  'right',
];

/** Harmful ones may be right, partial as they say, or not understood. */
export const judge = (mutation: Mutation, seen: Replayed, expected: Replayed): Verdict => {
  if ('portalChanged' in seen) return 'portal-changed';
  const lax = mutation.kind === 'harmful';
  if ('book' in expected) {
    if (!('book' in seen)) return 'wrong-value';
    return compareBooks(seen.book, expected.book, lax);
  }
  if (!('reading' in seen) || !('reading' in expected)) return 'wrong-value';
  if (expected.reading.kind === 'absent') {
    if (seen.reading.kind !== 'absent') return 'wrong-value';
    if (mutation.mute) return 'false-not-found';
    return lax || isDeepStrictEqual(seen.reading.closeNumbers, expected.reading.closeNumbers)
      ? 'right'
      : 'partial';
  }
  if (seen.reading.kind === 'absent') return 'false-not-found';
  if (seen.reading.kind !== 'found' || expected.reading.kind !== 'found') return 'portal-changed';
  return compare(seen.reading.snapshot, expected.reading.snapshot, lax);
};

type Book = Extract<Replayed, { book: unknown }>['book'];

const compareBooks = (seen: Book, expected: Book, lax: boolean): Verdict => {
  const found = new Map(seen.entries.map((entry) => [entry.number, entry]));
  // A row that was not understood before may be now, where what spoiled it is gone.
  const strangers = seen.entries.filter((entry) =>
    expected.entries.every((each) => each.number !== entry.number),
  );
  if (strangers.some((entry) => entry.values.length > 0)) return 'wrong-value';
  const lost = expected.entries.filter((entry) => !found.has(entry.number));
  // A row that was not understood is named, and its policy is read by itself.
  const rowsOf = (book: Book): number => book.entries.length + book.unreadable.length;
  if (rowsOf(seen) < rowsOf(expected)) return 'silent-empty';
  const verdicts = expected.entries.flatMap((entry) => {
    const at = found.get(entry.number);
    return at === undefined ? [] : [compare(at, entry, lax)];
  });
  if (lost.length > 0) verdicts.push('partial');
  return WORST.find((verdict) => verdicts.includes(verdict)) ?? 'right';
};
