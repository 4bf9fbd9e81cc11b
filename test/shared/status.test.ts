import { describe, expect, it } from 'vitest';
import { INDICATORS, isSyncable, standingOf } from '#shared/status.ts';

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

  it.each(['', 'In Force - Surrender Requested', 'Frozen', 'constructor', '[object Object]', '☂️'])(
    'that is not known is for a person to review, never guessed: %j',
    (raw) => {
      expect(standingOf(raw)).toBe('review');
    },
  );
});
