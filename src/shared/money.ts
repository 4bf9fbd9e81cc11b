/** An amount in hundredths of the currency (cents for USD), so that sums and differences are exact. */
export interface Money {
  minor: number;
  /** ISO 4217 */
  currency: string;
}

/** A minus sign is U+2212, so that it never wraps apart from its number. */
const MINUS = '\u2212';

export const sameMoney = (a: Money, b: Money): boolean =>
  a.minor === b.minor && a.currency === b.currency;

/** One for each currency that was written: making one takes many times as long as writing an amount. */
const formats = new Map<string, Intl.NumberFormat>();

const formatOf = (currency: string): Intl.NumberFormat => {
  const known = formats.get(currency);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  formats.set(currency, made);
  return made;
};

/** `$1,250.00`, `\u2212$12.50`. */
export const formatMoney = ({ minor, currency }: Money): string =>
  formatOf(currency)
    .format(minor / 100)
    .replace('-', MINUS);

/** Shares beyond these say nothing: a rounding, or a value that was next to nothing before. */
const LEAST_PERCENT = 0.05;
const MOST_PERCENT = 1000;

/** `+$1,250.00 (+1.0%)`; undefined between two currencies, where no difference means anything. */
export const formatDifference = (from: Money, to: Money): string | undefined => {
  if (from.currency !== to.currency) return undefined;
  const delta = to.minor - from.minor;
  const sign = delta < 0 ? MINUS : '+';
  const amount = `${sign}${formatMoney({ minor: Math.abs(delta), currency: to.currency })}`;
  const percent = Math.abs((delta / from.minor) * 100);
  return percent >= LEAST_PERCENT && percent < MOST_PERCENT
    ? `${amount} (${sign}${percent.toFixed(1)}%)`
    : amount;
};
