import { expect, it } from 'vitest';
import { changesBetween } from '#portal/recording/changes.ts';
import { jsonMarks, pageMarks, textMarks } from '#portal/recording/marks.ts';
import { movedParts } from '#portal/recording/moved-parts.ts';

const facts = (pairs: readonly (readonly [string, string])[]): string =>
  `<html><body><h1>Policy</h1><dl>${pairs.map(([label, value]) => `<dt>${label}</dt><dd>${value}</dd>`).join('')}</dl></body></html>`;

const named = (text: string): boolean =>
  ['policy status', 'account value', 'loan value', 'status'].includes(text.toLowerCase());

const between = (before: string, now: string) =>
  changesBetween(pageMarks(before), pageMarks(now), named);

it('says what a label is called now, by its place and by the form of what stands beside it', () => {
  const before = facts([
    ['Policy number', 'AB-1'],
    ['Policy status', 'In Force'],
    ['Account value', '$1,000.00'],
  ]);
  const now = facts([
    ['Policy number', 'XY-2'],
    ['Standing', 'Lapsed'],
    ['Account value', '$9.00'],
  ]);
  const { lost } = between(before, now);
  expect(lost.map(({ was, now }) => [was.text, now?.text])).toEqual([
    ['Policy status', 'Standing'],
  ]);
});

it('does not say which of two it is where both may be', () => {
  const before = facts([
    ['Account value', '$1,000.00'],
    ['Loan value', '$1,000.00'],
  ]);
  const now = facts([
    ['First amount', '$5.00'],
    ['Second amount', '$7.00'],
  ]);
  const { lost } = between(before, now);
  expect(lost.map(({ now }) => now)).toEqual([undefined, undefined]);
  expect(lost[0]?.candidates.map(({ mark }) => mark.text)).toContain('First amount');
});

it('takes no value of another policy for a label that was renamed', () => {
  const before = facts([['Policy status', 'In Force']]);
  const { lost, came } = between(before, facts([['Policy status', 'Lapsed since 1999']]));
  expect([...lost, ...came]).toEqual([]);
});

it('names a label that stands elsewhere, once', () => {
  const one = ['Policy number', 'AB-1'] as const;
  const two = ['Policy status', 'In Force'] as const;
  const three = ['Product', 'Whole Life'] as const;
  const { moved, lost } = between(facts([one, two, three]), facts([two, three, one]));
  expect(lost).toEqual([]);
  expect(moved.map(({ text }) => text)).toEqual(['Policy number']);
});

it('knows keys of an answer and columns of a file in the same way', () => {
  const keys = changesBetween(
    jsonMarks({ policy: { number: 'AB-1', status: 'In Force' } }),
    jsonMarks({ policy: { number: 'XY-2', standing: 'Lapsed' } }),
    named,
  );
  expect(keys.lost[0]?.now?.text).toBe('standing');
  const columns = changesBetween(
    textMarks('Number,Status,Product,Amount\nAB-1,In Force,Whole Life,5.00'),
    textMarks('Number,State of it,Product,Amount\nXY-2,Lapsed,Whole Life,7.00'),
    named,
  );
  expect(columns.lost[0]?.now?.text).toBe('State of it');
});

it('finds a part of a page again by what stands in it', () => {
  const table = (id: string): string =>
    `<html><body><nav class="top"><a href="/">Home</a></nav><section id="${id}"><p>Account value</p><p>Loan value</p></section></body></html>`;
  expect(movedParts(table('values'), table('holdings'), ['#values', 'nav.top', '.none'])).toEqual([
    { was: '#values', now: '#holdings' },
  ]);
});
