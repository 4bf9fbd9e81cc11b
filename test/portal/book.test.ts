import { expect, it } from 'vitest';
import { checkedBook } from '#portal/book.ts';
import type { Snapshot } from '#portal/contract.ts';
import { createKit } from '#portal/kit/kit.ts';
import { PortalChanged } from '#portal/failure.ts';

const policy = (number: string, changes: Partial<Snapshot> = {}): Snapshot => ({
  number,
  status: 'In Force',
  values: [{ name: 'Cash Value', amount: { minor: 100, currency: 'USD' }, asOf: '2026-11-20' }],
  ...changes,
});

it('takes an empty book only from a portal that says so', () => {
  expect(checkedBook().page({ entries: [], total: 0 }).entries).toEqual([]);
  expect(() => checkedBook().page({ entries: [] })).toThrow('has no rows');
  expect(() => checkedBook().page({ entries: [], total: 12 })).toThrow('has no rows');
  expect(() => checkedBook().page({ entries: [policy('A-1')], total: 0 })).toThrow('has no rows');
});

it('leaves out rows that are not believed, and tells their places among the others', () => {
  const page = checkedBook().page({
    entries: [policy('A-1'), policy('A-3', { status: ' ' }), policy('A-4'), policy(' - ')],
    unreadable: [{ row: 2, why: 'An amount of 4711 is odd' }],
  });
  expect(page.entries.map(({ number }) => number)).toEqual(['A-1', 'A-4']);
  expect(page.unreadable).toEqual([
    { row: 2, why: 'An amount of 9999 is odd' },
    { row: 3, why: 'The status is empty' },
    { row: 5, why: 'The policy number is empty' },
  ]);
});

it('does not understand a screen of which no row can be read', () => {
  const unreadable = [1, 2].map((row) => ({ row, why: 'It has other columns' }));
  expect(() => checkedBook().page({ entries: [], unreadable })).toThrow('It has other columns');
});

it('passes over a policy that comes again as it was, and refuses one that differs', () => {
  const book = checkedBook();
  book.page({ entries: [policy('A-1'), policy('A-2')], total: 3 });
  expect(book.page({ entries: [policy('a1'), policy('A-3')] }).entries).toHaveLength(1);
  expect(() => book.page({ entries: [policy('A-2', { status: 'Lapsed' })] })).toThrow('not alike');
});

it('does not take a part of a listing for the whole', () => {
  const book = checkedBook();
  book.page({ entries: [policy('A-1'), policy('A-2')], total: 3 });
  book.page({ entries: [policy('A-2')], total: 3 });
  expect(() => book.end()).toThrow('before its last policy');
  book.page({ entries: [policy('A-3')], total: 3 });
  expect(book.end()).toEqual({ kind: 'end' });
  expect(() => checkedBook().end()).toThrow('no screens');
});

it('reads each row by itself, and lets what is no fault of the row through', () => {
  const kit = createKit();
  const read = (row: string): Snapshot => {
    if (row === 'bad') throw new PortalChanged('It is bad');
    return policy(row);
  };
  expect(kit.entries(['A-1', 'bad', 'A-3'], read)).toMatchObject({
    entries: [{ number: 'A-1' }, { number: 'A-3' }],
    unreadable: [{ row: 2, why: 'It is bad' }],
  });
  const broken = (): Snapshot => {
    throw new TypeError('a fault of the adapter');
  };
  expect(() => kit.entries(['A-1'], broken)).toThrow(TypeError);
});
