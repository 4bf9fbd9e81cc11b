import { describe, expect, it } from 'vitest';
import { bookShrunk, doubtsOf, sameReading, type Doubt } from '#core/policies/plausible.ts';
import { PRODUCT_CLASSES, type ProductClass } from '#shared/product-class.ts';
import type { KnownValue } from '#core/policies/verdict.ts';

/** A Wednesday at eleven in New York. */
const NOW = Date.parse('2026-11-18T16:00:00Z');

const value = (
  dollars: number,
  asOf = '2026-11-17',
  name = 'Account Value',
  currency = 'USD',
): KnownValue => ({ name, amount: { minor: Math.round(dollars * 100), currency }, asOf });

interface Given {
  productClass?: ProductClass;
  status?: string;
}

const doubt = (
  old: KnownValue | undefined,
  seen: KnownValue,
  { productClass = 'variable', status = 'In Force' }: Given = {},
): string | undefined =>
  doubtsOf(
    {
      number: '1',
      productClass,
      indicator: 'open',
      values: old === undefined ? [] : [old],
    },
    { status, values: [seen], missing: [] },
    NOW,
  )[0]?.kind;

const MONDAY = '2026-11-16';
const YEAR_AGO = '2025-11-17';

describe('a value is believed when', () => {
  it.each([
    ['it is the first one', undefined, value(412_806.44)],
    ['it is the same', value(412_806.44, MONDAY), value(412_806.44)],
    ['the market moved it', value(412_806.44, MONDAY), value(371_525.8)],
    ['half of it was withdrawn', value(412_806.44, MONDAY), value(206_403.22)],
    ['three times as much was paid in', value(100_000, MONDAY), value(300_000)],
    ['six times as much came within a year', value(20_000, YEAR_AGO), value(120_000)],
    ['a new policy is funded', value(250, MONDAY), value(48_300)],
    ['a small one is emptied', value(740.2, MONDAY), value(0)],
    ['a small one turns negative', value(120, MONDAY), value(-80)],
    ['it comes up from zero', value(0, MONDAY), value(500_000)],
    ['it is of today, by another clock', value(1000, MONDAY), value(1000, '2026-11-19')],
    ['it is of months ago', value(5000, MONDAY), value(5000, '2026-03-02')],
  ])('%s', (_why, old, seen) => {
    expect(doubt(old, seen)).toBeUndefined();
  });

  it.each(['Surrendered', 'Lapsed', 'Death Claim Paid'])(
    'the policy is %s and pays no more',
    (status) => {
      expect(doubt(value(412_806.44, MONDAY), value(0), { status })).toBeUndefined();
      expect(doubt(value(412_806.44, MONDAY), value(2_000), { status })).toBeUndefined();
    },
  );

  it.each([
    ['is billed by the year now', 1_200, 14_400],
    ['is billed by the month now', 14_400, 1_200],
    ['is paid up', 14_400, 0],
  ])('a premium %s', (_why, before, after) => {
    const old = value(before, MONDAY, 'Annual Premium');
    expect(doubt(old, value(after, undefined, 'Annual Premium'))).toBeUndefined();
  });
});

it.each(['Loan', 'Outstanding Loan Balance', 'Policy Loans'])('%s is repaid', (name) => {
  expect(doubt(value(14_400, MONDAY, name), value(0, undefined, name))).toBeUndefined();
  expect(doubt(value(14_400, MONDAY, name), value(144, undefined, name))).toBe('factor');
});

describe('a value is doubted when', () => {
  it.each([
    ['the cents were lost', value(412_806.44, MONDAY), value(41_280_644), 'factor'],
    ['the decimal point moved left', value(412_806.44, MONDAY), value(4_128.06), 'factor'],
    [
      'a thousands mark was read as a decimal point',
      value(412_806.44, MONDAY),
      value(412.81),
      'factor',
    ],
    ['and read as it is later', value(412.81, MONDAY), value(412_806.44), 'factor'],
    ['ten-fold came in a day', value(20_000, MONDAY), value(230_000), 'factor'],
    ['a tenth was left after a day', value(230_000, MONDAY), value(21_000), 'factor'],
    ['twelve-fold came in a year', value(20_000, YEAR_AGO), value(251_000), 'factor'],
    ['it turned negative', value(41_250.75, MONDAY), value(-120), 'sign'],
    ['nothing is left of an active policy', value(41_250.75, MONDAY), value(0), 'zero'],
    [
      'nothing more could be borrowed',
      value(41_250.75, MONDAY, 'Loan Value'),
      value(0, undefined, 'Loan Value'),
      'zero',
    ],
    [
      'the currency is another',
      value(41_250.75, MONDAY),
      value(41_250.75, undefined, 'Account Value', 'CAD'),
      'currency',
    ],
    ['its day is still to come', value(41_250, MONDAY), value(41_250, '2026-11-20'), 'future'],
    ['its year is another century', undefined, value(41_250, '2062-11-17'), 'future'],
    ['its day is before any portal', undefined, value(41_250, '1962-11-17'), 'long-ago'],
    ['its day is years before the known one', value(5, MONDAY), value(5, '2023-11-16'), 'long-ago'],
  ])('%s', (_why, old, seen, kind) => {
    expect(doubt(old, seen)).toBe(kind);
  });

  it.each(PRODUCT_CLASSES)('a hundredth is left, also of the class %s', (productClass) => {
    expect(doubt(value(96_000, MONDAY), value(960), { productClass })).toBe('factor');
    expect(doubt(value(96_000, YEAR_AGO), value(9_600_000), { productClass })).toBe('factor');
  });

  it.each<[ProductClass, string, number, number]>([
    ['account', 'Account Value', 41_250.75, 412_507.5],
    ['account', 'Account Value', 412_507.5, 41_250.75],
    ['other', 'Account Value', 41_250.75, 412_507.5],
    ['other', 'Account Value', 412_507.5, 41_300],
    ['whole-life', 'Annual Premium', 1_250.4, 12_504],
    ['term', 'Monthly Premium', 85.5, 855],
    ['term', 'Monthly Premium', 855, 85.5],
  ])('ten times as much, or as little, after a year too: %s, %s', (productClass, name, a, b) => {
    expect(doubt(value(a, YEAR_AGO, name), value(b, undefined, name), { productClass })).toBe(
      'factor',
    );
  });

  it('and the decimal point is named only where the digits stayed', () => {
    const of = (dollars: number) =>
      doubtsOf(
        { number: '1', productClass: 'fixed', indicator: 'open', values: [value(50_000, MONDAY)] },
        { status: 'Active', values: [value(dollars)], missing: [] },
        NOW,
      )[0];
    expect(of(5_000_100)).toMatchObject({ shifted: 2 });
    expect(of(500.5)).toMatchObject({ shifted: -2 });
    expect(of(900_000)).not.toHaveProperty('shifted');
  });
});

it('each value is judged against the known one of its own name', () => {
  const known = [value(412_806.44, MONDAY), value(500_000, MONDAY, 'Death Benefit')];
  const seen = [
    value(415_000),
    value(5_000, undefined, 'Death Benefit'),
    value(9, undefined, 'Loan'),
  ];
  const doubts = doubtsOf(
    { number: '1', productClass: 'variable', indicator: 'open', values: known },
    { status: 'Active', values: seen, missing: [] },
    NOW,
  );
  expect(doubts.map(({ name, kind }) => [name, kind])).toEqual([['Death Benefit', 'factor']]);
});

it.each([
  [200, 100, true],
  [200, 101, false],
  [4, 2, true],
  [4, 0, true],
  [3, 0, false],
  [0, 0, false],
  [10, 40, false],
])('a book of %i that lists %i has shrunk: %s', (before, now, shrunk) => {
  expect(bookShrunk(before, now)).toBe(shrunk);
});

it('two readings are the same to who saw one of them by amounts, status and doubted days alone', () => {
  const [a, b] = [value(1), value(2, undefined, 'Cash Value')];
  const read = (values: KnownValue[], carrierStatus = 'Active', doubts: Doubt[] = []) => ({
    carrierStatus,
    values,
    doubts,
  });
  expect(sameReading(read([a, b]), read([b, { ...a, asOf: MONDAY }]))).toBe(true);
  expect(sameReading(read([a, b]), read([a]))).toBe(false);
  expect(sameReading(read([a]), read([value(3)]))).toBe(false);
  expect(sameReading(read([a]), read([a], 'Surrendered'))).toBe(false);
  const of = (asOf: string): Doubt[] => [{ kind: 'future', name: a.name, asOf }];
  expect(sameReading(read([a], 'Active', of('2029-01-02')), read([a]))).toBe(false);
  const later = read([a], 'Active', of('2035-01-02'));
  expect(sameReading(read([a], 'Active', of('2029-01-02')), later)).toBe(false);
  expect(sameReading(later, { ...later })).toBe(true);
});
