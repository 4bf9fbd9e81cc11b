import { distance } from 'fastest-levenshtein';

/** How people and pages set apart the parts of a number. */
const SEPARATOR = String.raw`[\s\p{Cf}\p{Cc}\p{Pd}\u2212._/\\]`;

/**
 * The form in which policy numbers are compared. Case, spaces, dashes, dots, slashes and invisible
 * characters are how people write a number; leading zeros and letters are part of it.
 */
export const normalizeNumber = (raw: string): string =>
  raw
    .normalize('NFKC')
    .toUpperCase()
    .replace(new RegExp(`${SEPARATOR}+`, 'gu'), '');

const LITERAL = /[\\^$.*+?()[\]{}|]/g;

const written = (raw: string): string =>
  Array.from(
    normalizeNumber(raw),
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  ).join(`${SEPARATOR}*`);

/** Matches the number alone, as a page may write it: with other separators, or none. */
export const numberPattern = (raw: string): RegExp => new RegExp(`^\\s*${written(raw)}\\s*$`, 'iu');

/** Matches the number among other words, and in no longer number. */
export const numberWithin = (raw: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${written(raw)}(?![\\p{L}\\p{N}])`, 'iu');

/** What makes a number a part of a longer one: "QV-1" in "QV-1-2", not in "QV-1, 2". */
const JOINED = String.raw`[\p{Cf}\p{Pd}\u2212._/\\]`;

/**
 * Matches one of these numbers among other words, and in no longer number. One of a few characters is
 * found only as it is written here: set apart otherwise, it could be an amount or a date.
 */
export const numbersWithin = (numbers: readonly string[]): RegExp => {
  const any = numbers.map((number) =>
    normalizeNumber(number).length < SHORTEST_FOR_ONE_SLIP
      ? number.normalize('NFKC').replaceAll(LITERAL, String.raw`\$&`)
      : written(number),
  );
  return new RegExp(
    `(?<![\\p{L}\\p{N}]|\\p{N}${JOINED})(?:${any.join('|')})(?![\\p{L}\\p{N}]|${JOINED}\\p{N})`,
    'iu',
  );
};

/** Characters that scans and phone calls mistake for each other. */
const LOOKALIKES: Record<string, string> = {
  O: '0',
  Q: '0',
  I: '1',
  L: '1',
  S: '5',
  B: '8',
  Z: '2',
};

const withoutLookalikes = (key: string): string =>
  key.replace(/[OQILSBZ]/g, (letter) => LOOKALIKES[letter] ?? letter);

const withoutLeadingZeros = (key: string): string => key.replace(/^0+(?=.)/, '');

const isTransposition = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false;
  const at = Array.from(a).findIndex((character, index) => character !== b[index]);
  return (
    at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  );
};

/** In numbers shorter than this, one changed digit makes another number, not a slip. */
const SHORTEST_FOR_ONE_SLIP = 5;
const SHORTEST_FOR_TWO_SLIPS = 9;

/** A prefix of the product or the office is often left out, or written with another letter. */
const sameDigits = (a: string, b: string): boolean => {
  const [digits, others] = [a, b].map((key) => key.replace(/\P{N}/gu, ''));
  return digits === others && (digits?.length ?? 0) >= SHORTEST_FOR_ONE_SLIP;
};

/** How far a slip takes one number from another; undefined when they are just different. */
const slip = (wanted: string, key: string): number | undefined => {
  if (withoutLeadingZeros(wanted) === withoutLeadingZeros(key)) return 1;
  if (withoutLookalikes(wanted) === withoutLookalikes(key)) return 1;
  if (sameDigits(wanted, key)) return 1;
  const length = Math.min(wanted.length, key.length);
  if (length < SHORTEST_FOR_ONE_SLIP || Math.abs(wanted.length - key.length) > 2) return undefined;
  if (isTransposition(wanted, key)) return 2;
  const edits = distance(withoutLookalikes(wanted), withoutLookalikes(key));
  if (edits === 1) return wanted.length === key.length ? 3 : 4;
  return edits === 2 && length >= SHORTEST_FOR_TWO_SLIPS ? 5 : undefined;
};

/**
 * The numbers somebody may have meant, closest first, at most `limit`: a missing leading zero, O for
 * 0, the letters left out, two digits changed about, one or two wrong. A number equal to the wanted one is not among them.
 */
export const closeNumbers = (wanted: string, numbers: readonly string[], limit = 3): string[] => {
  const key = normalizeNumber(wanted);
  if (key === '') return [];
  return numbers
    .map((number) => ({ number, key: normalizeNumber(number) }))
    .filter((candidate) => candidate.key !== '' && candidate.key !== key)
    .flatMap(({ number, key: other }) => {
      const far = slip(key, other);
      return far === undefined ? [] : [{ number, far }];
    })
    .sort((a, b) => a.far - b.far || (a.number < b.number ? -1 : 1))
    .slice(0, limit)
    .map(({ number }) => number);
};
