import { normalizeNumber, numbersWithin } from '#shared/policy-number.ts';
import { isNamed, searchWords, spacedWords } from '#shared/search-words.ts';

/** Whether a text tells of a contact. */
export type Mentions = (text: string) => boolean;

/** What tells of one contact. */
export interface NamedBy {
  /** By ids of ours alone: who has the same name is not meant. */
  byId: Mentions;
  /** By numbers of their policies as well. */
  byNumber: Mentions;
  /** By name and address as well, for what is text alone. */
  mentions: Mentions;
}

/** What names a contact. */
export interface Names {
  /** Ids of ours */
  ids?: readonly string[];
  /** Numbers of policies */
  numbers?: readonly string[];
  /** Names and addresses */
  names?: readonly string[];
}

const LITERAL = /[\\^$.*+?()[\]{}|]/g;

const anyOf = (words: readonly string[]): string =>
  `(?:${words.map((word) => word.replaceAll(LITERAL, String.raw`\$&`)).join('|')})`;

const matches = (words: readonly string[], pattern: () => RegExp): Mentions => {
  if (words.length === 0) return () => false;
  const one = pattern();
  return (text) => one.test(text);
};

/**
 * By all that names them, each as a whole: "Al Chen" is not in "Val Chen". A name may be written in any
 * letters and with the last name first, a number with other signs or none. A name of one word is taken
 * only as it is written, as it may be a word like any other.
 */
export const mentionsOf = ({ ids = [], numbers = [], names = [] }: Names): Mentions => {
  const said = (word: string): boolean => searchWords(word).length > 0;
  const addresses = names.filter((name) => name.includes('@'));
  const whole = names.filter((name) => !name.includes('@') && said(name));
  const exact = [...ids, ...whole].filter((word) => word !== '');
  // What is nothing but blanks and dashes names nobody.
  const known = numbers.filter((number) => normalizeNumber(number) !== '');
  const isWord = matches(
    exact,
    () => new RegExp(`(?<![\\p{L}\\p{N}])${anyOf(exact)}(?![\\p{L}\\p{N}])`, 'u'),
  );
  const isAddress = matches(
    addresses,
    () =>
      new RegExp(
        `(?<![\\p{L}\\p{N}._%+-])${anyOf(addresses)}(?![\\p{L}\\p{N}]|[.-][\\p{L}\\p{N}])`,
        'iu',
      ),
  );
  const isNumber = matches(known, () => numbersWithin(known));
  const keys = new Set(known.map(normalizeNumber));
  return (text) => {
    if (isWord(text) || isAddress(text) || isNumber(text.normalize('NFKC'))) return true;
    if (keys.has(normalizeNumber(text))) return true;
    if (whole.length === 0) return false;
    const spoken = spacedWords(text);
    return whole.some((name) => isNamed(spoken, name));
  };
};

const ERASED = '(erased)';

/** Whether any text in this JSON tells of them. */
export const isMentioned = (value: unknown, mentions: Mentions): boolean =>
  typeof value === 'string'
    ? mentions(value)
    : typeof value === 'object' && value !== null
      ? Object.values(value).some((each) => isMentioned(each, mentions))
      : false;

/**
 * The same JSON without what tells of them: an entry of a list goes as a whole, a text alone becomes
 * "(erased)". What a list of lists tells of others stays.
 */
export const withoutMentions = (value: unknown, mentions: Mentions): unknown => {
  if (typeof value === 'string') return mentions(value) ? ERASED : value;
  if (Array.isArray(value))
    return value
      .filter((each) => !(isEntry(each) && isMentioned(each, mentions)))
      .map((each) => withoutMentions(each, mentions));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, withoutMentions(each, mentions)]),
    );
  return value;
};

/** What of this JSON tells of them, and nothing of others; undefined where nothing does. */
export const onlyMentions = (value: unknown, mentions: Mentions): unknown => {
  if (!isMentioned(value, mentions)) return undefined;
  if (isEntry(value)) return value;
  if (Array.isArray(value))
    return value.map((each) => onlyMentions(each, mentions)).filter((each) => each !== undefined);
  return Object.fromEntries(
    Object.entries(value as object)
      .map(([name, each]) => [name, onlyMentions(each, mentions)] as const)
      .filter(([, each]) => each !== undefined),
  );
};

/** A list, or what holds one, is looked into instead of being taken out. */
const isEntry = (value: unknown): boolean =>
  typeof value !== 'object' || value === null
    ? true
    : !Array.isArray(value) && !Object.values(value).some(Array.isArray);
