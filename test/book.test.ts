import { describe, expect, it } from 'vitest';
import { entriesByNumber, isWorthABook, servesInFull } from '#domain/book.ts';

const HOUR = 3_600_000;
const usd = (minor: number) => ({ minor, currency: 'USD' });
const value = (name: string, asOf = '2026-11-20') => ({ name, amount: usd(100_000), asOf });
const entry = { status: 'In Force', values: [value('Account Value')], missing: [] };

describe('a book is read', () => {
  it('when enough of its policies wait, and not again before its last reading has worn off', () => {
    expect(isWorthABook({ open: 4, last: undefined }, 0)).toBe(false);
    expect(isWorthABook({ open: 5, last: undefined }, 0)).toBe(true);
    const last = (ended: 'whole' | 'trouble' | 'gave-way') => ({ readAt: 0, ended });
    expect(isWorthABook({ open: 99, last: last('whole') }, 5 * HOUR)).toBe(false);
    expect(isWorthABook({ open: 99, last: last('whole') }, 6 * HOUR)).toBe(true);
    expect(isWorthABook({ open: 99, last: last('trouble') }, HOUR - 1)).toBe(false);
    expect(isWorthABook({ open: 99, last: last('trouble') }, HOUR)).toBe(true);
    expect(isWorthABook({ open: 99, last: last('gave-way') }, 0)).toBe(true);
  });
});

describe("a listing's entry serves a policy", () => {
  it('when it has every value known before, of no older day', () => {
    expect(servesInFull(entry, [])).toBe(true);
    expect(servesInFull(entry, [value('Account Value')])).toBe(true);
    expect(servesInFull(entry, [value('Account Value', '2026-11-19')])).toBe(true);
    expect(servesInFull(entry, [value('Account Value', '2026-11-21')])).toBe(false);
    expect(servesInFull(entry, [value('Account Value'), value('Death Benefit')])).toBe(false);
  });

  it('when nothing is missing, there is a value at all, and its status is understood', () => {
    expect(servesInFull({ ...entry, missing: ['Death Benefit'] }, [])).toBe(false);
    expect(servesInFull({ ...entry, values: [] }, [])).toBe(false);
    expect(servesInFull({ ...entry, status: 'IF/PU-3' }, [])).toBe(false);
    expect(servesInFull({ ...entry, status: 'Surrendered' }, [])).toBe(true);
  });

  it('when its number is that of one entry alone, however each is written', () => {
    const found = entriesByNumber([
      { number: '00123-4567' },
      { number: '99-1' },
      { number: '991' },
      { number: 'ma 1' },
    ]);
    expect([...found.keys()]).toEqual(['001234567', 'MA1']);
  });
});
