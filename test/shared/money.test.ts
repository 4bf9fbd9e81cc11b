import { describe, expect, it } from 'vitest';
import { formatDifference, formatMoney } from '#shared/money.ts';

const usd = (dollars: number) => ({ minor: Math.round(dollars * 100), currency: 'USD' });

it.each([
  [usd(412_806.44), '$412,806.44'],
  [usd(0), '$0.00'],
  [usd(-12.5), '−$12.50'],
  [usd(98_765_432_109.87), '$98,765,432,109.87'],
  [{ minor: 150_000, currency: 'CAD' }, 'CA$1,500.00'],
])('an amount is written as people write it: %j', (amount, text) => {
  expect(formatMoney(amount)).toBe(text);
});

describe('a difference', () => {
  it.each([
    ['a gain', usd(100_000), usd(101_250), '+$1,250.00 (+1.3%)'],
    ['a loss', usd(100_000), usd(99_000), '−$1,000.00 (−1.0%)'],
    ['a debt that shrinks', usd(-100), usd(-50), '+$50.00 (+50.0%)'],
    ['from nothing, without a share', usd(0), usd(500), '+$500.00'],
    ['too small for a share', usd(1_000_000), usd(1_000_000.01), '+$0.01'],
    ['too large for a share', usd(0.01), usd(100_000), '+$99,999.99'],
    ['to nothing', usd(500), usd(0), '−$500.00 (−100.0%)'],
  ])('of %s', (_, from, to, text) => {
    expect(formatDifference(from, to)).toBe(text);
  });

  it('between two currencies is none', () => {
    expect(formatDifference(usd(100), { minor: 20_000, currency: 'CAD' })).toBeUndefined();
  });
});
