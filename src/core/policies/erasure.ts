import { normalizeNumber } from '#shared/policy-number.ts';

/** Whether a text tells of a contact. */
export type Mentions = (text: string) => boolean;

const LITERAL = /[\\^$.*+?()[\]{}|]/g;

/**
 * By what names them: their name and address, ids of ours, numbers of policies. As whole words, "Al Chen"
 * is not in "Val Chen"; a number may be written in any way.
 */
export const mentionsOf = (words: readonly string[]): Mentions => {
  // What is nothing but blanks and dashes names nobody.
  const known = [...new Set(words)].filter((word) => normalizeNumber(word) !== '');
  if (known.length === 0) return () => false;
  const any = known.map((word) => word.replaceAll(LITERAL, String.raw`\$&`)).join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'u');
  const keys = new Set(known.map(normalizeNumber));
  return (text) => pattern.test(text) || keys.has(normalizeNumber(text));
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
