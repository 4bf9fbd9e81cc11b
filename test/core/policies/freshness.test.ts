import { describe, expect, it } from 'vitest';
import { freshness, isValuedDaily } from '#core/policies/freshness.ts';
import { PRODUCT_CLASSES } from '#shared/product-class.ts';

const at = (instant: string): number => Date.parse(instant);
/** Noon in New York, winter. */
const noon = (day: string): number => at(`${day}T17:00:00Z`);

const DAILY = ['variable', 'account'] as const;
const YEARLY = PRODUCT_CLASSES.filter((kind) => !isValuedDaily(kind));

it('only variable products and accounts are valued each day', () => {
  expect(PRODUCT_CLASSES.filter(isValuedDaily)).toEqual([...DAILY]);
});

describe.each(DAILY)('a product of the class %s', (kind) => {
  it.each([
    ['today', '2026-11-18', '2026-11-18'],
    ['the last business day', '2026-11-17', '2026-11-18'],
    ['one business day more, as carriers post in the night', '2026-11-16', '2026-11-18'],
    ['Friday, seen on Saturday', '2026-11-13', '2026-11-14'],
    ['Friday, seen on Sunday', '2026-11-13', '2026-11-15'],
    ['Thursday, seen on Sunday', '2026-11-12', '2026-11-15'],
    ['Thursday, seen on Monday', '2026-11-12', '2026-11-16'],
    ['the day before Thanksgiving, seen on the Monday after', '2026-11-25', '2026-11-30'],
    ['the last day of the year, seen on the first Monday', '2026-12-31', '2027-01-04'],
    ['a day to come', '2026-11-25', '2026-11-18'],
  ])('is fresh with the values of %s', (_, asOf, today) => {
    expect(freshness(asOf, noon(today), kind)).toEqual({ kind: 'fresh' });
  });

  it.each([
    ['Wednesday, seen on Saturday', '2026-11-11', '2026-11-14', '2026-11-13', 2],
    ['Wednesday, seen on Monday', '2026-11-11', '2026-11-16', '2026-11-13', 2],
    ['Tuesday before Thanksgiving, on Monday', '2026-11-24', '2026-11-30', '2026-11-27', 2],
    ['two weeks ago', '2026-11-04', '2026-11-18', '2026-11-17', 9],
  ])('is stale with the values of %s', (_, asOf, today, expected, businessDaysLate) => {
    expect(freshness(asOf, noon(today), kind)).toEqual({
      kind: 'stale',
      asOf,
      expected,
      businessDaysLate,
    });
  });

  it('is judged by the day in New York, not in London', () => {
    const asOf = '2026-11-16';
    expect(freshness(asOf, at('2026-11-19T04:59:00Z'), kind).kind).toBe('fresh');
    expect(freshness(asOf, at('2026-11-19T05:01:00Z'), kind).kind).toBe('stale');
  });
});

describe.each(YEARLY)('a product of the class %s', (kind) => {
  it.each(['2026-11-17', '2026-01-02', '2025-11-20', '2025-10-20'])(
    'may rightly show the values of %s',
    (asOf) => {
      expect(freshness(asOf, noon('2026-11-18'), kind)).toEqual({ kind: 'fresh' });
    },
  );

  it.each(['2025-10-01', '2019-05-01', '0001-01-01'])(
    'is stale when its values are of %s, over a year ago',
    (asOf) => {
      expect(freshness(asOf, noon('2026-11-18'), kind).kind).toBe('stale');
    },
  );
});
