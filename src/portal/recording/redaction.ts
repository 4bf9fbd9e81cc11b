import { normalizeNumber } from '#shared/policy-number.ts';
import { KNOWN_PHRASES, KNOWN_WORDS } from '../known-words.ts';
import { DATE, isRecent, madeUpDate } from './redacted-dates.ts';
import { createStandIns } from './stand-ins.ts';

export interface RedactionOptions {
  /** Random, and of this recording alone. */
  key: Uint8Array;
  /** Epoch ms; decides which dates may be as-of dates. */
  now: number;
  /** Never shown, whole or in part: user name, password, codes, cookies, tokens. */
  secrets: readonly string[];
  /** Names and the like that a person knows to be in the pages. */
  hide: readonly string[];
  /** Policy numbers that were asked for: replaced however they are written. */
  numbers: readonly string[];
  /** Words that stay: what the carrier is called, and what its own code names. */
  keep: readonly string[];
  maskAmounts: boolean;
}

/** Replaces all that may be somebody's affair; what it does not know is replaced. */
export interface Redaction {
  /** What people read. Amounts and recent dates stay; `born` replaces every date. */
  text: (text: string, born?: boolean) => string;
  /** What programs read: ids, class names, keys, parts of addresses. */
  identifier: (name: string) => string;
  url: (address: string) => string;
  json: (value: unknown, key?: string) => unknown;
}

const ENCODED = String.raw`(?:&#x?[0-9a-f]+;?\s*){2,}|(?:%[0-9a-f]{2}){2,}|(?:\\u\{?[0-9a-f]{4,6}\}?)+|(?:\\x[0-9a-f]{2}){2,}`;
const MAIL = String.raw`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}.-]+`;
const ADDRESS = String.raw`https?:\/\/[^\s"'<>]+`;
const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?![\d:])`;
const AMOUNT = [
  String.raw`[$€£¥]\s?[-−]?\s?\d[\d,.'’]*`,
  String.raw`\d[\d.,'’]*\s?[€£¥%]`,
  String.raw`\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?`,
  String.raw`\d{1,3}(?:\.\d{3})+,\d{2}`,
  String.raw`\d+[.,]\d{2}`,
].join('|');
const NUMBER = String.raw`[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*(?:[-./_#][\p{L}\p{N}]+)*|[\p{L}\p{N}]+(?:[-./_#][\p{L}\p{N}]+)*[-./_#][\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*`;
const WORD = String.raw`[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*`;
const END = String.raw`(?![\p{L}\p{N}]|[.,\-/]\p{N})`;
const START = String.raw`(?<![\p{L}\p{N}]|\p{N}[.,\-/])`;

const PARTS = new RegExp(
  [
    `(?<encoded>${ENCODED})`,
    `(?<address>${ADDRESS})`,
    `(?<mail>${MAIL})`,
    `(?<date>${START}(?:${DATE})(?![\\p{L}\\p{N}]|[./-]\\p{N}))`,
    `(?<time>${START}${TIME})`,
    `(?<amount>${START}(?:${AMOUNT})${END})`,
    `(?<number>${NUMBER})`,
    `(?<word>${WORD})`,
  ].join('|'),
  'giu',
);

/** Kept numbers that name a kind of plan, an ordinal, or a place in a list. */
const KNOWN_NUMBER =
  /^(\d{1,2}|\d{1,2}(st|nd|rd|th)|401[ak]?|403b?|457b?|529|1035|1099r?|72t|\d{1,2}-\d{1,2})$/i;

const SECRET_KEY =
  /token|secret|passw|passcode|^pin$|auth|sessionid|session_id|cookie|csrf|xsrf|ssn|social|taxid|tax_id|signature|nonce|apikey|api_key/i;
const AMOUNT_KEY = /(amount|value|balance|premium|benefit|total|cash|price|units)(cents|minor)?$/i;
const BIRTH = /birth|born|\bdob\b|^dob$/i;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}]+/gu) ?? [];

export const createRedaction = (options: RedactionOptions): Redaction => {
  const { now, maskAmounts } = options;
  const standIns = createStandIns(options.key);
  const kept = new Set(options.keep.flatMap(wordsOf).map((word) => word.toLowerCase()));
  const keptWhole = new Set(options.keep);
  const hidden = new Set(
    [...options.hide, ...options.secrets].flatMap(wordsOf).flatMap((word) => {
      const folded = word.toLowerCase();
      return folded.length > 1 ? [folded] : [];
    }),
  );
  const secrets = options.secrets.filter((secret) => secret.trim().length > 1);
  const numbers = options.numbers.map(normalizeNumber).filter((number) => number.length > 2);
  const given = [
    ...secrets.map(escaped),
    // Its signs in their order, whatever stands between them.
    ...numbers.map((number) => Array.from(number, escaped).join(String.raw`[\s\-./_]{0,2}`)),
    ...options.hide.map((text) =>
      text
        .trim()
        .split(/\s+/)
        .map(escaped)
        .join(String.raw`[\s+_.-]+`),
    ),
  ].filter((pattern) => pattern !== '');
  const givenPattern =
    given.length === 0
      ? undefined
      : new RegExp(`(${given.toSorted((a, b) => b.length - a.length).join('|')})`, 'giu');

  const isKnown = (word: string): boolean => {
    const folded = word.toLowerCase().replace(/['’]s$/, '');
    if (hidden.has(folded)) return false;
    const bare = folded.replace(/s$/, '');
    return [folded, bare].some((each) => KNOWN_WORDS.has(each) || kept.has(each));
  };

  const word = (text: string): string => {
    if (isKnown(text)) return text;
    const [, base = text, end = ''] = /^(.+?)(['’]s)?$/u.exec(text) ?? [];
    return standIns.word(base) + end;
  };

  /** What was given is replaced first, since it may look like anything. */
  const around = (text: string, rest: (part: string) => string): string =>
    givenPattern === undefined
      ? rest(text)
      : text
          .split(givenPattern)
          .map((part, index) => (index % 2 === 0 ? rest(part) : replaceGiven(part)))
          .join('');

  const replaceGiven = (part: string): string =>
    /\p{N}/u.test(part)
      ? standIns.shape(part)
      : part.replaceAll(/[\p{L}\p{M}]+/gu, (each) => standIns.word(each));

  const part = (groups: Record<string, string | undefined>, born: boolean): string => {
    const { encoded, address, mail, date, time, amount, number, word: plain } = groups;
    if (encoded !== undefined) return 'redacted';
    if (address !== undefined) return url(address);
    if (mail !== undefined) return `${standIns.word(mail)}@mail.example`;
    if (date !== undefined) return !born && isRecent(date, now) ? date : madeUpDate(date, standIns);
    if (amount !== undefined) return maskAmounts ? standIns.shape(amount) : amount;
    if (number !== undefined) {
      if (KNOWN_NUMBER.test(number) || keptWhole.has(number)) return number;
      return !born && isCompactDay(number) && isRecent(dashed(number), now)
        ? number
        : standIns.shape(number);
    }
    return time ?? word(plain ?? '');
  };

  const tokens = (text: string, born: boolean): string => {
    let from = 0;
    let out = '';
    for (const phrase of text.matchAll(KNOWN_PHRASES)) {
      out += plainTokens(text.slice(from, phrase.index), born) + phrase[0];
      from = phrase.index + phrase[0].length;
    }
    return out + plainTokens(text.slice(from), born);
  };

  const plainTokens = (text: string, born: boolean): string =>
    text.replaceAll(PARTS, (...match) =>
      part(match.at(-1) as Record<string, string | undefined>, born),
    );

  const text = (whole: string, born = false): string =>
    around(whole, (rest) => tokens(rest.replaceAll(/\p{Cf}/gu, ''), born));

  const identifier = (name: string): string => {
    if (keptWhole.has(name) && !hidden.has(name.toLowerCase())) return name;
    return around(name, (rest) =>
      rest.replaceAll(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{L}+|\p{N}+/gu, (each) => {
        if (/\p{N}/u.test(each)) return each.length <= 2 ? each : standIns.shape(each);
        return isKnown(each) ? each : standIns.word(each);
      }),
    );
  };

  const segment = (raw: string): string => {
    const decoded = decode(raw);
    return encodeURIComponent(/\p{N}{3}/u.test(decoded) ? text(decoded) : identifier(decoded));
  };

  const query = (search: string): string =>
    [...new URLSearchParams(search)]
      .map(([name, value]) => {
        const shown = SECRET_KEY.test(name) ? 'redacted' : text(value, BIRTH.test(name));
        return `${encodeURIComponent(identifier(name))}=${encodeURIComponent(shown)}`;
      })
      .join('&');

  const url = (address: string): string => {
    const trimmed = address.trim();
    if (/^[a-z][\w+.-]*:/i.test(trimmed) && !/^https?:/i.test(trimmed)) return '#';
    const parsed = URL.parse(trimmed, 'https://here.example');
    if (parsed === null) return '#';
    const place = /^(https?:)?\/\//i.test(trimmed) ? `${parsed.protocol}//${host(parsed)}` : '';
    const path = parsed.pathname.split('/').map(segment).join('/');
    const search = parsed.search === '' ? '' : `?${query(parsed.search)}`;
    const hash =
      parsed.hash === '' ? '' : `#${parsed.hash.slice(1).split('/').map(segment).join('/')}`;
    const isRelative = place === '' && !trimmed.startsWith('/');
    if (isRelative && /^[?#]/.test(trimmed)) return `${search}${hash}`;
    return `${place}${isRelative ? path.replace(/^\//, '') : path}${search}${hash}`;
  };

  const host = (parsed: URL): string =>
    /^(127\.0\.0\.1|localhost|\[::1\])$/.test(parsed.hostname) || keptWhole.has(parsed.hostname)
      ? parsed.host
      : 'elsewhere.example';

  const json = (value: unknown, key = ''): unknown => {
    if (value === null || typeof value === 'boolean') return value;
    if (SECRET_KEY.test(key) && typeof value !== 'object') return 'redacted';
    if (typeof value === 'string') return text(value, BIRTH.test(key));
    if (typeof value === 'number') return jsonNumber(value, key);
    if (Array.isArray(value)) return value.map((each) => json(each, key));
    return Object.fromEntries(
      Object.entries(value as object).map(([name, inner]) => [
        /^[\p{L}\p{N}_$.:-]+$/u.test(name) ? identifier(name) : text(name),
        json(inner, name),
      ]),
    );
  };

  const jsonNumber = (value: number, key: string): number => {
    const isAmount = !Number.isInteger(value) || AMOUNT_KEY.test(key);
    if (Math.abs(value) < 100 && !(isAmount && maskAmounts)) return value;
    if (isAmount && !maskAmounts) return value;
    // A leading zero would not be JSON.
    return Number(standIns.shape(String(value)).replace(/^(-?)0/, '$17'));
  };

  return { text, identifier, url, json };
};

const isCompactDay = (text: string): boolean =>
  /^20\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])$/.test(text);
const dashed = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether text stands beside a date that tells an age. */
export const speaksOfBirth = (text: string): boolean => BIRTH.test(text);
