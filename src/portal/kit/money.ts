import type { Money } from '#shared/money.ts';
import { PortalChanged } from '../failure.ts';

/** What portals write for a currency besides its ISO code; some signs serve several. */
const SIGNS: Record<string, readonly string[]> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN'],
  US$: ['USD'],
  'U.S.$': ['USD'],
  CA$: ['CAD'],
  C$: ['CAD'],
  A$: ['AUD'],
  AU$: ['AUD'],
  NZ$: ['NZD'],
  S$: ['SGD'],
  HK$: ['HKD'],
  MX$: ['MXN'],
  R$: ['BRL'],
  '€': ['EUR'],
  '£': ['GBP'],
  '¥': ['JPY', 'CNY'],
  '₹': ['INR'],
  'Fr.': ['CHF'],
  kr: ['SEK', 'NOK', 'DKK'],
  zł: ['PLN'],
};

// Thousands are divided by one and the same mark. A plain space would also join two amounts that
// stand side by side, so where a point is decimal it counts only with decimals behind.
const NUMBERS = {
  'decimal-point':
    /^(?:(\d+)|(\d{1,3}(?:,\d{3})+)|(\d{1,3}(?:'\d{3})+))(?:\.(\d{1,2}))?$|^(\d{1,3}(?: \d{3})+)\.(\d{2})$/,
  'decimal-comma': /^(?:(\d+)|(\d{1,3}(?:\.\d{3})+)|(\d{1,3}(?:['  ]\d{3})+))(?:,(\d{1,2}))?$/,
};

export interface MoneyStyle {
  decimal?: keyof typeof NUMBERS;
  /** What CR behind an amount means at this portal; DR is the other. Without it neither is understood. */
  credit?: 'plus' | 'minus';
}

/**
 * "$1,234.50", "($12.00)", "-12", "12.00-", "USD 5", "1.234,50 €", "12.00 CR". A currency that is
 * stated must be the one asked for. Throws PortalChanged.
 */
export const parseMoney = (
  text: string,
  currency: string,
  style: keyof typeof NUMBERS | MoneyStyle = {},
): Money => {
  const { decimal = 'decimal-point', credit } =
    typeof style === 'string' ? { decimal: style } : style;
  const refuse = (): never => {
    throw new PortalChanged(`An amount reads "${shape(text)}"`);
  };
  const parts = /^([^\d]*)(\d(?:[\d.,' ]*\d)?)([^\d]*)$/.exec(plain(text)) ?? refuse();
  const [, before = '', number = '', after = ''] = parts;
  const negative = signOf(before, after, currency, credit) ?? refuse();
  const groups = NUMBERS[decimal].exec(number) ?? refuse();
  const [, bare, first, second, cents, spaced, spacedCents] = groups;
  const units = Number((bare ?? first ?? second ?? spaced ?? '').replaceAll(/\D/g, ''));
  const minor = units * 100 + Number((cents ?? spacedCents ?? '').padEnd(2, '0'));
  if (!Number.isSafeInteger(minor)) refuse();
  return { minor: negative && minor !== 0 ? -minor : minor, currency };
};

const plain = (text: string): string =>
  text
    .replaceAll(/[\s\u00A0\u202F\u2007\u2009]+/g, ' ')
    .replaceAll(/[−–]/g, '-')
    .replaceAll(/[’ʼ]/g, "'")
    .trim();

/**
 * Whether what stands around a number makes it negative; undefined when anything there is not
 * understood: two signs, another currency, a word.
 */
const signOf = (
  before: string,
  after: string,
  currency: string,
  credit: MoneyStyle['credit'],
): boolean | undefined => {
  const side = (text: string): string[] => text.match(MARKS) ?? [];
  const marks = [...side(before), ...side(after)];
  const bracketed = before.includes('(') && after.includes(')');
  let signs = bracketed ? 1 : 0;
  let negative = bracketed;
  for (const mark of marks) {
    if (bracketed && (mark === '(' || mark === ')')) continue;
    if (mark === '-' || mark === '+' || mark === 'CR' || mark === 'DR') {
      signs += 1;
      if ((mark === 'CR' || mark === 'DR') && credit === undefined) return undefined;
      negative = mark === '-' || mark === (credit === 'minus' ? 'CR' : 'DR');
    } else if (mark !== currency && !SIGNS[mark]?.includes(currency)) return undefined;
  }
  const brackets = marks.filter((mark) => mark === '(' || mark === ')').length;
  return signs > 1 || brackets !== (bracketed ? 2 : 0) ? undefined : negative;
};

/** Known marks, the longest first; anything else is a mark of its own, which nobody knows. */
const MARKS = new RegExp(
  [
    ...Object.keys(SIGNS)
      .toSorted((a, b) => b.length - a.length)
      .map((sign) => sign.replaceAll(/[$.]/g, '\\$&')),
    'CR\\b',
    'DR\\b',
    '[A-Z]{3}\\b',
    '\\S',
  ].join('|'),
  'gu',
);

/** The form of a text without its content: letters a, digits 9. */
export const shape = (text: string): string =>
  text.replaceAll(/\p{L}/gu, 'a').replaceAll(/\p{N}/gu, '9').slice(0, 24);
