import { describe, expect, it } from 'vitest';
import { INDICATORS, isSyncable, standingOf, wordsOf } from '#shared/status.ts';

it('only a policy that is pending or open can be synced', () => {
  expect(INDICATORS.filter(isSyncable)).toEqual(['pending', 'open']);
});

describe('a status of a carrier', () => {
  it.each([
    ['In Force', 'open'],
    ['Paid-Up', 'open'],
    ['Paid Up', 'open'],
    ['Reduced Paid-Up', 'open'],
    ['Grace Period', 'open'],
    ['Free Look', 'pending'],
    ['Lapse Pending', 'pending'],
    ['Death Claim Pending', 'pending'],
    ['Surrendered', 'closed'],
    ['Canceled', 'closed'],
    ['Cancelled', 'closed'],
    ['Cash Value Paid', 'closed'],
    ['Lapsed', 'expired'],
  ])('%s is %s', (raw, standing) => {
    expect(standingOf(raw)).toBe(standing);
  });

  it.each([
    '  in   FORCE ',
    'IN\u00A0FORCE',
    'In\u2011Force',
    'in–force',
    'In_Force',
    'In\u200B Force',
    'Ｉｎ Force',
  ])('is the same however it is written: %j', (raw) => {
    expect(standingOf(raw)).toBe('open');
  });

  it('means what its carrier or the firm taught, also where it means something else elsewhere', () => {
    const taught = wordsOf({ closed: ['In-Force (ceded)', 'Suspended'] });
    expect(standingOf('in force (CEDED)', taught)).toBe('closed');
    expect(standingOf('Suspended', taught)).toBe('closed');
    expect(standingOf('Suspended')).toBe('pending');
    expect(standingOf('Frozen', taught)).toBe('review');
  });

  it.each(['', 'In Force - Surrender Requested', 'Frozen', 'constructor', '[object Object]', '☂️'])(
    'that is not known is for a person to review, never guessed: %j',
    (raw) => {
      expect(standingOf(raw)).toBe('review');
    },
  );
});
