import { normalizeNumber } from '#shared/policy-number.ts';

/** Something in a message that could be a policy number, as it was written. */
export interface WrittenNumber {
  number: string;
  /**
   * Whether it looks like one by itself. Dates, amounts, phone numbers and numbers put together
   * from neighbouring words do not: they count only when the book has that very number.
   */
  likely: boolean;
}

/** Slack's own longest message; what is read goes over it once, while nothing else is done. */
const LONGEST_TEXT = 40_000;
const MOST_NUMBERS = 2000;

const SEPARATOR = String.raw`\p{Pd}\u2212._/\\`;
const WORD = new RegExp(
  String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}]|[${SEPARATOR}]{1,2}(?=[\p{L}\p{N}]))*`,
  'gu',
);

const MONTH =
  '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?|(?:january|february|march|april|june|july|august|september|october|november|december)';

/** What people write with digits that is no policy number. */
const OTHERWISE: readonly RegExp[] = [
  /[$€£¥]\s?\d[\d,.]{0,20}(?:\s?[kmb]\b)?/giu,
  /(?<![\d,.])\d[\d,.]{0,20}\s?(?:%|percent\b|dollars?\b|usd\b|eur\b)/giu,
  /(?<![\d,])\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,6})?\b/gu,
  /\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:T[\d:.]+Z?)?\b/gu,
  /\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b/gu,
  new RegExp(String.raw`\b(?:${MONTH})\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?\b`, 'giu'),
  new RegExp(String.raw`\b\d{1,2}(?:st|nd|rd|th)?\s+(?:${MONTH})(?:,?\s+\d{4})?\b`, 'giu'),
  /(?<![\w-])(?:\+?\d{1,3}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\w-])/gu,
  /\+\d[\d\s().-]{7,20}\d/gu,
  /(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}/gu,
];

/**
 * Slack's own markup: mentions and dates say no number, a link says its label. None holds another
 * one, so no pattern looks past the next `<`.
 */
const asRead = (text: string): string =>
  text
    .replace(/<[@#!][^<>]*>/gu, ' ; ')
    .replace(/<[^<|>]*\|([^<>]*)>/gu, ' $1 ')
    .replace(/<([^<>]*)>/gu, ' $1 ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/[*~`\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu, '');

const digitsIn = (key: string): number => key.replace(/\P{Nd}+/gu, '').length;

const couldBe = (key: string): boolean => key.length >= 4 && key.length <= 40 && digitsIn(key) >= 3;

const looksLikeOne = (key: string): boolean =>
  key.length >= 5 && digitsIn(key) >= 4 && digitsIn(key) * 2 >= key.length;

/** Words that may be pieces of a number written with spaces, such as MA 133392 E. */
const isPiece = (word: string): boolean =>
  word.length <= 12 && (/\d/u.test(word) || /^[A-Z]{1,4}$/u.test(word));

const MOST_PIECES = 3;

/**
 * Every policy number that a message could be naming, the likely ones first, in the order written;
 * each once by its normalized form.
 */
export const numbersIn = (message: string): WrittenNumber[] => {
  // Some letters stand for a whole phrase, and become eighteen.
  const text = asRead(message.slice(0, LONGEST_TEXT)).normalize('NFKC').slice(0, LONGEST_TEXT);
  const otherwise = OTHERWISE.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      from: match.index,
      to: match.index + match[0].length,
      text: match[0],
    })),
  );
  const words = [...text.matchAll(WORD)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
    text: match[0],
  }));
  const isApart = apartFrom(otherwise);
  const found = new Map<string, WrittenNumber>();
  const take = (number: string, likely: boolean): void => {
    const key = normalizeNumber(number);
    if (!couldBe(key)) return;
    const before = found.get(key);
    if (before === undefined || (likely && !before.likely))
      found.set(key, { number: before?.likely ? before.number : number, likely });
  };
  for (const word of words) {
    const apart = isApart(word);
    const parts = word.text.split(/[/\\_]/u);
    const whole = parts.length === 1;
    take(word.text, apart && whole && looksLikeOne(normalizeNumber(word.text)));
    if (!whole) for (const part of parts) take(part, apart && looksLikeOne(normalizeNumber(part)));
  }
  for (const { text: other } of otherwise) take(other.replace(/[^\p{L}\p{N}.-]+/gu, ''), false);
  for (let first = 0; first < words.length; first += 1) {
    let joined = words[first];
    for (let next = first + 1; next < first + MOST_PIECES; next += 1) {
      const piece = words[next];
      if (joined === undefined || piece === undefined) break;
      const between = text.slice(joined.to, piece.from);
      if (!/^[ \t]{1,2}$/u.test(between) || ![joined, piece].every((one) => isPieceRun(one.text)))
        break;
      joined = { from: joined.from, to: piece.to, text: `${joined.text} ${piece.text}` };
      take(joined.text, false);
    }
  }
  const all = [...found.values()].slice(0, MOST_NUMBERS);
  return [...all.filter(({ likely }) => likely), ...all.filter(({ likely }) => !likely)];
};

interface Stretch {
  from: number;
  to: number;
}

/** Whether a stretch touches none of these; asked for stretches in the order they are written. */
const apartFrom = (others: readonly Stretch[]): ((stretch: Stretch) => boolean) => {
  const inOrder = others.toSorted((one, other) => one.from - other.from);
  let next = 0;
  let reach = 0;
  return ({ from, to }) => {
    for (let other = inOrder[next]; other !== undefined && other.from < to; other = inOrder[next]) {
      reach = Math.max(reach, other.to);
      next += 1;
    }
    return from >= reach;
  };
};

const isPieceRun = (text: string): boolean => text.split(' ').every(isPiece);

const SPOKEN = new Set(['text', 'title', 'fallback', 'pretext', 'footer', 'label', 'caption']);

/** All that a person can read in a message as Slack hands it over: its text, blocks, attachments. */
export const readableText = (message: unknown): string => {
  const lines: string[] = [];
  const walk = (thing: unknown, name: string): void => {
    if (typeof thing === 'string') {
      if (SPOKEN.has(name)) lines.push(thing);
    } else if (Array.isArray(thing)) for (const each of thing) walk(each, name);
    else if (typeof thing === 'object' && thing !== null)
      for (const [key, value] of Object.entries(thing)) walk(value, key);
  };
  walk(message, '');
  return [...new Set(lines)].join('\n');
};
