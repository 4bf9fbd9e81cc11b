import { expect, it } from 'vitest';
import { proposeList } from '#portal/recording/list-proposal.ts';
import { propose } from '#portal/recording/proposal.ts';

const now = Date.parse('2026-11-21T15:00:00Z');
const number = 'RC-4711-20';
const page = (body: string): string => `<html><body>${body}</body></html>`;
const FACTS = `<dl><dt>Policy</dt><dd>${number}</dd><dt>Edition</dt><dd>7f3a</dd>
  <dt>Status</dt><dd>In Force</dd></dl>`;
const policy = (body: string) => propose({ number, now, results: page(body) });

it('a page without a day of late, or a year, shows no date beside its values', () => {
  const values = '<p>Cash Value: $12.50</p><p>Born: 03/14/1961</p><p>© 2026 Ridgeline</p>';
  expect(policy(FACTS + values)).toMatchObject({ amounts: ['Cash Value'], undated: true });
});

it('a day that is written in an unknown way is left to a person, and never taken for none', () => {
  for (const day of ['Valued 20. Nov 2026', 'as of 11/20/2026', 'At the end of 2026'])
    expect(policy(`${FACTS}<p>Cash Value: $12.50</p><p>${day}</p>`)).not.toHaveProperty('undated');
});

it('values on another screen are joined by every label that both show alike', () => {
  const values = `<dl><dt>Policy</dt><dd>${number}</dd><dt>Edition</dt><dd>7f3a</dd>
    <dt>Status</dt><dd>Shown elsewhere</dd></dl>
    <table><tr><th>Kind</th><th>Amount</th></tr><tr><td>Cash Value</td><td>$12.50</td></tr></table>`;
  const seen = { number, now, results: page(''), policy: page(FACTS), values: page(values) };
  expect(propose(seen).apart).toEqual({ landmark: 'Amount', shared: ['Policy', 'Edition'] });
});

it('an amount with its minus behind it is one', () => {
  expect(policy(`${FACTS}<p>Loan: $120.00-</p>`).amounts).toEqual(['Loan']);
});

const HEAD = '<tr><th>Policy no.</th><th>Owner</th><th>Status</th>';
const row = (...cells: string[]): string =>
  `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
const list = (body: string, before?: string) =>
  proposeList({ screen: page(body), number, now, ...(before !== undefined && { before }) });

it('a list with a column for each value is known by its headings, and its length by a sentence', () => {
  const body = `<p>Policies 1 to 2 of 1,240</p><table>${HEAD}<th>Cash Value</th><th>Loan</th><th>As of</th></tr>
    ${row(number, 'Ana', 'In Force', '$12.50', '$1.00-', '2026-11-20')}
    ${row('RC-4712-01', 'Bo', 'Lapsed', 'Not available', '$0.00', '2026-11-20')}</table>`;
  expect(list(body)).toMatchObject({
    number: 'Policy no.',
    status: 'Status',
    values: { each: 'column', amounts: ['Cash Value', 'Loan'] },
    asOf: 'As of',
    dates: 'yyyy-MM-dd',
    count: { parts: ['Policies ', ' to ', ' of ', ''], meaning: ['first', 'last', 'total'] },
  });
});

it('a list with a line for each value names it in a column', () => {
  const body = `<table>${HEAD}<th>Value type</th><th>Amount</th></tr>
    ${row(number, 'Ana', 'In Force', 'Cash Value', '$12.50')}
    ${row(number, 'Ana', 'In Force', 'Face Value', '$99.00')}</table>`;
  expect(list(body)).toMatchObject({
    values: { each: 'row', name: 'Value type', amount: 'Amount' },
    undated: true,
  });
});

it('what the screen before the list has too does not show that the list has come', () => {
  const body = `<table>${HEAD}<th>Cash Value</th></tr>${row(number, 'Ana', 'In Force', '$12.50')}</table>`;
  expect(list(body, page('<p>Policy no.</p><p>Status</p>'))?.landmarks[0]).toBe('Cash Value');
});

it('a table without amounts is no list that can be read', () => {
  expect(list(`<table>${HEAD}</tr>${row(number, 'Ana', 'In Force')}</table>`)).toBeUndefined();
});
