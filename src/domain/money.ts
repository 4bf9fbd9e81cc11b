/** An amount in minor units (cents for USD), so that sums and differences are exact. */
export interface Money {
  minor: number;
  /** ISO 4217 */
  currency: string;
}

export const formatMoney = ({ minor, currency }: Money): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(minor / 100);

/** `+$1,250.00 (+1.0 %)`; a minus sign is U+2212, so that it never wraps apart from its number. */
export const formatDifference = (from: Money, to: Money): string => {
  const delta = to.minor - from.minor;
  const sign = delta < 0 ? '−' : '+';
  const amount = formatMoney({ minor: Math.abs(delta), currency: to.currency });
  if (from.minor === 0) return `${sign}${amount}`;
  const percent = Math.abs((delta / from.minor) * 100).toFixed(1);
  return `${sign}${amount} (${sign}${percent} %)`;
};
