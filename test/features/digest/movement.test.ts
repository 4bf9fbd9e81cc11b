import { describe, expect, it } from 'vitest';
import { foldMoves, percentOf, type Move } from '#features/digest/movement.ts';

const RULE = { percent: 5, minor: 1_000_000 };

const move = (policyId: string, from: number, percent: number, more: Partial<Move> = {}): Move => ({
  policyId,
  from: { minor: from, currency: 'USD' },
  to: { minor: Math.round(from * (1 + percent / 100)), currency: 'USD' },
  daily: true,
  ...more,
});

/** So many policies of $100,000 that moved by these percents, one after another. */
const market = (...percents: number[]): Move[] =>
  percents.map((percent, index) => move(`m-${index}`, 10_000_000, percent));

const ids = (moves: readonly Move[]) => foldMoves(moves, RULE).notable.map((each) => each.policyId);

describe('a movement matters', () => {
  it.each([
    ['by percent and amount', 40_000_000, 6, true],
    ['at exactly both', 20_000_000, 5, true],
    ['not by its percent alone', 1_000_000, 50, false],
    ['not by its amount alone', 900_000_000, 2, false],
    ['downwards as well', 40_000_000, -6, true],
  ])('%s', (_, from, percent, matters) => {
    expect(ids([move('p', from, percent)])).toEqual(matters ? ['p'] : []);
  });

  it('not between two currencies, nor from nothing', () => {
    const other = move('p', 40_000_000, 50, { to: { minor: 1, currency: 'CAD' } });
    expect(percentOf(other)).toBeUndefined();
    expect(ids([other, move('zero', 0, 10)])).toEqual([]);
  });

  it('the largest amount first', () => {
    expect(
      ids([
        move('small', 30_000_000, 10),
        move('large', 90_000_000, -8),
        move('mid', 50_000_000, 9),
      ]),
    ).toEqual(['large', 'mid', 'small']);
  });
});

describe('a market-wide move', () => {
  const fell = [-8, -8.2, -7.9, -8.4, -7.7, -8.1, -8, -8, -7.6, -8.3];

  it('is told once, and none of those that went with it', () => {
    const { market: told, notable } = foldMoves(
      [...market(...fell), move('own', 50_000_000, -30)],
      RULE,
    );
    expect(told).toEqual({ moved: 10, of: 11, percent: expect.closeTo(-8, 1) });
    expect(notable.map(({ policyId }) => policyId)).toEqual(['own']);
  });

  it('names a policy that rose while all others fell', () => {
    expect(ids([...market(...fell), move('up', 50_000_000, 8)])).toEqual(['up']);
  });

  it('folds no product that the market does not move', () => {
    expect(ids([...market(...fell), move('fixed', 50_000_000, -8, { daily: false })])).toEqual([
      'fixed',
    ]);
  });

  it.each([
    ['of nine policies', fell.slice(0, 9)],
    ['of less than a percent', fell.map(() => -0.4)],
    ['in all directions', [-8, 8, -3, 3, 12, -12, 1, -1, 6, -6]],
    ['of half the policies, while the others stood still', [...fell, ...fell.map(() => 0)]],
  ])('there is none %s', (_, percents) => {
    expect(foldMoves(market(...percents), RULE).market).toBeUndefined();
  });
});
