import type { Money } from '#domain/money.ts';
import { PortalChanged } from './trouble.ts';

const SIGNS: Record<string, readonly string[]> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD'],
  '€': ['EUR'],
  '£': ['GBP'],
  '¥': ['JPY'],
};

const NUMBERS = {
  'decimal-point': { whole: /^(\d+|\d{1,3}([,' ]\d{3})+)(?:\.(\d{1,2}))?$/, separator: /[,' ]/g },
  'decimal-comma': { whole: /^(\d+|\d{1,3}([.' ]\d{3})+)(?:,(\d{1,2}))?$/, separator: /[.' ]/g },
};

/** "$1,234.50", "($12.00)", "-12", "12.00-", "USD 5", "1.234,50 €". Throws PortalChanged. */
export const parseMoney = (
  text: string,
  currency: string,
  style: keyof typeof NUMBERS = 'decimal-point',
): Money => {
  const refuse = (): never => {
    throw new PortalChanged(`An amount reads "${shape(text)}"`);
  };
  let rest = text
    .replaceAll(/[\s\u00A0\u202F\u2007]+/g, ' ')
    .replaceAll(/[−–]/g, '-')
    .trim();
  let negative = false;
  const bracketed = /^\((.*)\)$/.exec(rest) ?? /^([^\d(]*)\((.*)\)$/.exec(rest);
  if (bracketed) {
    negative = true;
    rest = bracketed.slice(1).join('').trim();
  }
  // A sign and a currency may stand on either side, in either order.
  for (const match of rest.matchAll(/[^\d.,' ]+/g)) {
    const mark = match[0];
    for (const part of mark.match(/-|\+|[A-Z]{3}|\D/g) ?? []) {
      if (part === '-') negative = negative ? refuse() : true;
      else if (part !== '+' && part !== currency && !SIGNS[part]?.includes(currency)) refuse();
    }
  }
  const bare = rest.replaceAll(/[^\d.,' ]+/g, '').trim();
  const { whole, separator } = NUMBERS[style];
  const found = whole.exec(bare) ?? refuse();
  const units = Number(found[1]?.replaceAll(separator, ''));
  const minor = units * 100 + Number((found[3] ?? '').padEnd(2, '0'));
  if (!Number.isSafeInteger(minor)) refuse();
  return { minor: negative && minor !== 0 ? -minor : minor, currency };
};

/** The form of a text without its content: letters a, digits 9. */
export const shape = (text: string): string =>
  text.replaceAll(/\p{L}/gu, 'a').replaceAll(/\p{N}/gu, '9').slice(0, 24);
