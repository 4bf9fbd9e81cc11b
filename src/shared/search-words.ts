import { distance } from 'fastest-levenshtein';

/** Letters that decomposition leaves whole though people type them plain. */
const PLAIN: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ð: 'd',
  đ: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
};

/**
 * Lower-case words without accents, for finding people: "Zoë O’Neill" is `zoe o neill`. What is
 * stored and what is typed go through this alike.
 */
export const searchWords = (text: string): string[] =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæœøðđþłı]/g, (letter) => PLAIN[letter] ?? letter)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** What `contact.search` holds: each word of name and e-mail once. */
export const searchText = (name: string, email: string | null): string =>
  [...new Set(searchWords(`${name} ${email ?? ''}`))].join(' ');

/** Words with a blank before and after each, so that one is found whole. */
export const spacedWords = (text: string): string => ` ${searchWords(text).join(' ')} `;

/** Whether such a text has the whole name: "Mei Chen", "CHEN, MEI". A name of one word is a word like any other. */
export const isNamed = (text: string, name: string): boolean => {
  const words = searchWords(name);
  const last = words.at(-1);
  if (words.length < 2 || last === undefined) return false;
  return (
    text.includes(` ${words.join(' ')} `) ||
    text.includes(` ${[last, ...words.slice(0, -1)].join(' ')} `)
  );
};

/** In words shorter than this, one changed letter makes another name. */
const SHORTEST_FOR_A_SLIP = 4;
const SHORTEST_FOR_TWO_SLIPS = 8;

const isSlip = (sought: string, word: string): boolean => {
  if (word.startsWith(sought)) return true;
  if (sought.length < SHORTEST_FOR_A_SLIP) return false;
  return distance(sought, word) <= (sought.length < SHORTEST_FOR_TWO_SLIPS ? 1 : 2);
};

/** Whether each sought word is one of these, but for a slip of the fingers: "margret" for "margaret". */
export const closeWords = (sought: readonly string[], words: readonly string[]): boolean =>
  sought.every((one) => words.some((word) => isSlip(one, word)));
