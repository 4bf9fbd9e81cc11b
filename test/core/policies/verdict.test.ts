import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '#shared/outcome.ts';
import {
  judgeAbsence,
  judgeSuccess,
  type AbsenceFacts,
  type KnownPolicy,
  type KnownValue,
  type SeenPolicy,
} from '#core/policies/verdict.ts';

/** Wednesday, 11 in the morning in New York: the last business day is Tuesday the 17th. */
const NOW = Date.parse('2026-11-18T16:00:00Z');
const SATURDAY = Date.parse('2026-11-21T16:00:00Z');
const TUESDAY = '2026-11-17';
const MONDAY = '2026-11-16';

const value = (name: string, dollars: number, asOf = TUESDAY, currency = 'USD'): KnownValue => ({
  name,
  amount: { minor: Math.round(dollars * 100), currency },
  asOf,
});

const annuity = (...values: KnownValue[]): KnownPolicy => ({
  number: '00123-4567',
  productClass: 'variable',
  indicator: 'open',
  values,
});

const shown = (...values: KnownValue[]): SeenPolicy => ({
  status: 'In Force',
  values,
  missing: [],
});

describe('a reading is', () => {
  it('changed, with what was and what is, when an amount moved', () => {
    const before = value('Account Value', 409_112.9, MONDAY);
    const now = value('Account Value', 412_806.44);
    expect(judgeSuccess(annuity(before), shown(now), NOW)).toEqual({
      reason: 'changed',
      changes: [
        {
          name: 'Account Value',
          from: before.amount,
          to: now.amount,
          asOf: TUESDAY,
          fromAsOf: MONDAY,
        },
      ],
      values: [now],
      asOf: TUESDAY,
      carrierStatus: 'In Force',
      missing: [],
    });
  });

  it('changed, with first values, when nothing was known', () => {
    const { reason, changes } = judgeSuccess(annuity(), shown(value('Cash Value', 10)), NOW);
    expect(reason).toBe('changed');
    expect(changes).toEqual([
      { name: 'Cash Value', to: { minor: 1000, currency: 'USD' }, asOf: TUESDAY },
    ]);
  });

  it('changed when the same figure is now in another currency', () => {
    const { reason, changes } = judgeSuccess(
      annuity(value('Account Value', 500, MONDAY, 'USD')),
      shown(value('Account Value', 500, TUESDAY, 'CAD')),
      NOW,
    );
    expect(reason).toBe('changed');
    expect(changes).toMatchObject([{ from: { currency: 'USD' }, to: { currency: 'CAD' } }]);
  });

  it('partial when the page names a value without its amount', () => {
    const seen = { ...shown(value('Account Value', 5)), missing: ['Surrender Value'] };
    expect(judgeSuccess(annuity(), seen, NOW)).toMatchObject({
      reason: 'partial',
      missing: ['Surrender Value'],
      changes: [{ name: 'Account Value' }],
    });
  });

  it('partial, not unchanged, when the page has lost every value it had', () => {
    const known = annuity(value('Account Value', 5), value('Death Benefit', 6));
    expect(judgeSuccess(known, shown(), NOW)).toMatchObject({
      reason: 'partial',
      missing: ['Account Value', 'Death Benefit'],
      changes: [],
      values: [],
    });
  });

  it('stale when the date is older than a product of this class should show', () => {
    const old = value('Account Value', 5, '2026-11-04');
    expect(judgeSuccess(annuity(old), shown(old), NOW)).toMatchObject({
      reason: 'stale',
      asOf: '2026-11-04',
      expectedAsOf: TUESDAY,
    });
  });

  it('not stale for equal values, nor for one old value beside a new one', () => {
    const known = annuity(
      value('Account Value', 5, MONDAY),
      value('Death Benefit', 9, '2020-01-02'),
    );
    const seen = shown(value('Account Value', 5), value('Death Benefit', 9, '2020-01-02'));
    expect(judgeSuccess(known, seen, NOW).reason).toBe('unchanged');
  });

  it.each(['Surrendered', 'TERMINATED', 'Lapsed', 'Death Claim Paid', 'Not-Taken'])(
    'a drift of status when the carrier says %s',
    (status) => {
      const seen = { ...shown(value('Account Value', 0)), status };
      expect(judgeSuccess(annuity(), seen, NOW)).toMatchObject({
        reason: 'status-drift',
        carrierStatus: status,
      });
    },
  );

  it.each(['Active', 'Lapse Pending', 'Suspended', 'Frozen by order of the court'])(
    'no drift when the carrier says %s, which is alive or not known',
    (status) => {
      const seen = { ...shown(value('Account Value', 7)), status };
      expect(judgeSuccess(annuity(), seen, NOW).reason).toBe('changed');
    },
  );

  it('no drift when the CRM has it as closed as well', () => {
    const known: KnownPolicy = { ...annuity(), indicator: 'closed' };
    const seen = { ...shown(value('Account Value', 7)), status: 'Surrendered' };
    expect(judgeSuccess(known, seen, NOW).reason).toBe('changed');
  });

  it('first of all a drift, then partial, then stale, then changed', () => {
    const known = annuity(value('Account Value', 5, '2026-11-03'));
    const all: SeenPolicy = {
      status: 'Surrendered',
      values: [value('Account Value', 6, '2026-11-04')],
      missing: ['Cash Value'],
    };
    const active = { ...all, status: 'Active' };
    const complete = { ...active, missing: [] };
    const fresh = { ...complete, values: [value('Account Value', 6)] };
    expect(
      [all, active, complete, fresh].map((seen) => judgeSuccess(known, seen, NOW).reason),
    ).toEqual(['status-drift', 'partial', 'stale', 'changed']);
  });
});

describe('when the carrier shows an older date than before', () => {
  const known = annuity(value('Account Value', 412_806.44), value('Death Benefit', 500_000));

  it('the reading is stale and the newer values stay, though the date alone would pass', () => {
    const seen = shown(
      value('Account Value', 409_112.9, MONDAY),
      value('Death Benefit', 500_000, MONDAY),
    );
    expect(judgeSuccess(known, seen, NOW)).toMatchObject({
      reason: 'stale',
      asOf: MONDAY,
      expectedAsOf: TUESDAY,
      changes: [],
      values: known.values,
      keptNewer: ['Account Value', 'Death Benefit'],
    });
  });

  it('for one value only, that one stays and the others count', () => {
    const seen = shown(value('Account Value', 1, MONDAY), value('Death Benefit', 510_000));
    expect(judgeSuccess(known, seen, NOW)).toMatchObject({
      reason: 'changed',
      changes: [{ name: 'Death Benefit' }],
      values: [known.values[0], { name: 'Death Benefit', amount: { minor: 51_000_000 } }],
      keptNewer: ['Account Value'],
    });
  });
});

describe('unchanged always says why:', () => {
  const friday = '2026-11-20';
  const thursday = '2026-11-19';
  it.each([
    ['the same date as before', 'same-as-of', 'variable', TUESDAY, TUESDAY, NOW],
    ['a newer date with the same amounts', 'no-movement', 'variable', MONDAY, TUESDAY, NOW],
    ['markets are closed', 'market-closed', 'account', friday, friday, SATURDAY],
    ['they are, but Friday is due', 'same-as-of', 'account', thursday, thursday, SATURDAY],
    [
      'a newer date, though markets are closed',
      'no-movement',
      'account',
      TUESDAY,
      friday,
      SATURDAY,
    ],
    ['a product valued once a year', 'valued-yearly', 'fixed', TUESDAY, TUESDAY, NOW],
    ['the same on a closed day', 'valued-yearly', 'indexed', '2026-03-02', '2026-03-02', SATURDAY],
  ] as const)('%s', (_, why, productClass, before, asOf, now) => {
    const known = { ...annuity(value('Account Value', 5, before)), productClass };
    expect(judgeSuccess(known, shown(value('Account Value', 5, asOf)), now)).toMatchObject({
      reason: 'unchanged',
      why,
    });
  });

  it('a policy just applied for, which has no values', () => {
    const known: KnownPolicy = { ...annuity(), indicator: 'pending' };
    expect(judgeSuccess(known, { ...shown(), status: 'Applied For' }, NOW)).toMatchObject({
      reason: 'unchanged',
      why: 'no-values',
    });
  });
});

describe('a policy that two searches did not find', () => {
  const other = (sawIt: boolean) => ({ id: 'b', name: 'Agency login', sawIt });
  const facts = (given: Partial<AbsenceFacts> = {}): AbsenceFacts => ({
    closeNumbers: [],
    otherSources: [],
    ...given,
  });
  const lastSeenHere = NOW - 86_400_000;

  it.each([
    [
      'is another login’s when that one saw it',
      facts({ otherSources: [other(true)] }),
      'other-login',
    ],
    [
      'is looked for at the login that saw it before it is called gone',
      facts({ otherSources: [other(true)], lastSeenHere }),
      'other-login',
    ],
    ['is gone when this login saw it before', facts({ lastSeenHere }), 'gone'],
    [
      'is gone, whatever number is close to it',
      facts({ lastSeenHere, closeNumbers: ['00123-4568'] }),
      'gone',
    ],
    [
      'may have a slip in its number',
      facts({ closeNumbers: ['00123-4576'], otherSources: [other(false)] }),
      'number-mismatch',
    ],
    [
      'may be another login’s that was never asked',
      facts({ otherSources: [other(false)] }),
      'other-login',
    ],
    ['was never seen by anybody', facts(), 'never-seen'],
  ] as const)('%s', (_, given, reason) => {
    expect(judgeAbsence(given)).toBe(reason);
  });
});

it('the verdicts here are all reasons there are under Success and Not Found', () => {
  const reasons = (Object.keys(REASONS) as Reason[]).filter((reason) =>
    ['success', 'not-found'].includes(REASONS[reason].status),
  );
  expect(reasons.sort()).toEqual(
    [
      'changed',
      'partial',
      'stale',
      'status-drift',
      'unchanged',
      'gone',
      'never-seen',
      'number-mismatch',
      'other-login',
    ].sort(),
  );
});
