import { describe, expect, it, vi } from 'vitest';
import { createKit } from '#portal/kit/kit.ts';
import { PortalChanged } from '#portal/failure.ts';

const kit = createKit();
const columns = { name: 'Value', amount: ['Amount', /^Current amount/], asOf: 'As of' };
const WANTED = [{ name: 'Cash Value', amount: '$5.00', asOf: '11/20/2026' }];

const TABLES = {
  'with thead and tbody':
    '<table><thead><tr><th>Value</th><th>Amount</th><th>As of</th></tr></thead><tbody><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr></tbody></table>',
  'whose rows begin with a heading':
    '<table><tr><td>Value</td><td>Amount</td><td>As of</td></tr><tr><th>Cash Value</th><td>$5.00</td><td>11/20/2026</td></tr></table>',
  'with other columns in another order':
    '<table><tr><th></th><th>As of</th><th>Change</th><th>Amount</th><th>Value:</th></tr><tr><td><input type=checkbox></td><td>11/20/2026</td><td>+1%</td><td>$5.00</td><td>Cash Value</td></tr></table>',
  'with wrappers and breaks in its cells':
    '<div><div><table><tr><th><div>Value</div></th><th><a href="#">Amount</a> ▲</th><th>As<br>of</th></tr><tr><td><div>Cash</div><div>Value</div></td><td><span>$</span>5.00</td><td><p>11/20/2026</p></td></tr></table></div></div>',
  'with a heading over several columns':
    '<table><tr><th rowspan=2>Value</th><th colspan=2>Today</th></tr><tr><th>Amount</th><th>As of</th></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr></table>',
  'with headings and empty rows between':
    '<table><tr><th>Value</th><th>Amount</th><th>As of</th></tr><tr><td colspan=3>Riders</td></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr><tr><td colspan=3></td></tr><tr><td></td><td></td><td></td></tr></table>',
  'with totals at its foot':
    '<table><tr><th>Value</th><th>Amount</th><th>As of</th></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr><tfoot><tr><td>Total</td><td>$9.00</td><td></td></tr></tfoot></table>',
  'inside a table that is for the layout':
    '<table><tr><td>Menu</td><td><table><tr><th>Value</th><th>Amount</th><th>As of</th></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr></table></td></tr></table>',
  'of ARIA roles':
    '<div role=table><div role=rowgroup><div role=row><span role=columnheader>Value</span><span role=columnheader>Amount</span><span role=columnheader>As of</span></div></div><div role=row><div><span role=cell>Cash Value</span></div><span role=cell>$5.00</span><span role=cell>11/20/2026</span></div></div>',
  'with rows and columns that are hidden':
    '<table><tr><th>Value</th><th style="display: none">Amount</th><th>Amount</th><th>As of</th></tr><tr hidden><td>x</td><td>y</td><td>z</td></tr><tr><td>Cash Value</td><td style="display:none">$4</td><td>$5.00</td><td>11/20/2026</td></tr></table>',
  'of another generation':
    '<table><tr><th>VALUE</th><th>Current amount (USD)</th><th>As  Of</th></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr></table>',
  'with halves of characters, as a script may write them':
    '<table><tr><th>Value</th><th>Amount</th><th>As of</th><th>\udc00\udc00</th></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td><td>\udc00\udc00</td></tr></table>',
  'shown twice, for two sizes of screens': (
    '<table><tr><th>Value</th><th>Amount</th><th>As of</th></tr><tr><td>Cash Value</td><td>$5.00</td><td>11/20/2026</td></tr></table>' as const
  ).repeat(2),
};

describe('a table found by its headers', () => {
  const read = (html: string) => kit.rows(kit.load(html), { columns });

  it.each(Object.entries(TABLES))('%s is read', (_what, html) => {
    expect(read(html)).toEqual(WANTED);
  });

  it.each([
    ['that is not there', '<p>Amount</p>'],
    ['whose header has another name', TABLES['with thead and tbody'].replace('As of', 'Date')],
    [
      'with a header twice',
      TABLES['with thead and tbody'].replace('Value', 'Amount</th><th>Value'),
    ],
    ['with a row that lacks a cell', TABLES['with thead and tbody'].replace('<td>$5.00</td>', '')],
    [
      'with a cell across two of its columns',
      TABLES['with thead and tbody'].replace('<td>$5.00</td><td>', '<td colspan=2>'),
    ],
    ['without rows', '<table><tr><th>Value</th><th>Amount</th><th>As of</th></tr></table>'],
    [
      'that is there twice, and not alike',
      TABLES['of ARIA roles'] + TABLES['of ARIA roles'].replace('5.00', '6.00'),
    ],
  ])('%s is not understood', (_what, html) => {
    expect(() => read(html)).toThrow(PortalChanged);
  });

  it('is looked for in one part of the page where two have the same columns', () => {
    const table = TABLES['with thead and tbody'];
    const $ = kit.load(`<div id=a>${table}</div><div id=b>${table.replace('5.00', '6.00')}</div>`);
    expect(kit.rows($, { columns, within: '#a' })).toEqual(WANTED);
    expect(kit.rows($, { columns, every: true })).toHaveLength(2);
    expect(() => kit.rows($, { columns, within: 'div' })).toThrow('2 elements');
  });

  it('gives what stands under one heading as one text', () => {
    const $ = kit.load(
      '<table><tr><th>Value</th><th colspan=2>Amount</th></tr><tr><td>Cash Value</td><td>$</td><td>5.00</td></tr></table>',
    );
    const [row] = kit.rows($, { columns: { name: 'Value', amount: 'Amount' } });
    expect(row).toEqual({ name: 'Cash Value', amount: '$ 5.00' });
  });

  it('is empty only in the words of the portal', () => {
    const $ = kit.load('<table><tr><th>Value</th></tr><tr><td>No values yet.</td></tr></table>');
    const one = { columns: { name: 'Value' } };
    expect(kit.rows(kit.load('<p>No values yet.</p>'), { ...one, empty: /No values/ })).toEqual([]);
    const notes = `<p>${'Said of another policy. '.repeat(8)}No values were lost.</p>`;
    expect(() => kit.rows(kit.load(notes), { ...one, empty: /No values/ })).toThrow('No table has');
    const headed = kit.load('<table><tr><th>Value</th><th>Amount</th></tr></table>');
    const two = { columns: { name: 'Value', amount: 'Amount' } };
    expect(kit.rows(headed, { ...two, empty: 'headings' })).toEqual([]);
    expect(() => kit.rows(kit.load(notes), { ...two, empty: 'headings' })).toThrow('No table has');
    expect(() => kit.rows(kit.load('<p>Welcome</p>'), { ...one, empty: /No values/ })).toThrow(
      PortalChanged,
    );
    expect(kit.rows($, { ...one, notes: /^No values/, empty: /No values/ })).toEqual([]);
  });

  it('names the rows that are not whole to who asks, and gives the others', () => {
    const onUnreadable = vi.fn<(row: number, why: string) => void>();
    const html = TABLES['with thead and tbody'].replace('<tbody>', '<tbody><tr><td>x</td></tr>');
    const rows = kit.rows(kit.load(html), { columns, onUnreadable });
    expect(rows).toEqual(WANTED);
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith(1, expect.any(String));
  });
});

const labels = { number: 'Policy number', status: ['Status', /^Policy status/] };

const PAGES = {
  'terms and descriptions':
    '<dl><dt>Policy number</dt><dd>0012</dd><dt>Status</dt><dd>In Force</dd></dl>',
  'terms in wrappers':
    '<dl><div><dt>Policy number:</dt><dd>0012</dd></div><div><dt>Status:</dt><dd>In Force</dd></div></dl>',
  'a table of two columns':
    '<table><tr><th>Policy number</th><td>0012</td></tr><tr><th>Status</th><td><span>In Force</span></td></tr></table>',
  'a table without headings':
    '<table><tr><td>Policy number</td><td>0012</td></tr><tr><td>Status</td><td>In Force</td></tr></table>',
  'a table of labels and values by turns':
    '<table><tr><th>Policy number</th><td>0012</td><th>Status</th><td>In Force</td></tr></table>',
  'labels and values in elements':
    '<div class=x><span>Policy number</span><span>0012</span></div><section><h4>Status</h4><p>In  Force</p></section>',
  'wrappers, icons and hints':
    '<div><div><span>Policy number</span><button>?</button></div><i class=icon></i><div><b>0012</b></div></div><ul><li><em>Status</em> <strong>In Force</strong></li></ul>',
  'a flat list by turns':
    '<div><p class=l>Policy number</p><p class=v>0012</p><p class=l>Owner</p><p class=v>Chen</p><p class=l>Status</p><p class=v>In Force</p></div>',
  'lines of text': '<p><b>Policy number:</b> 0012<br><b>Status:</b> In Force</p>',
  'lines of text without marks': '<p>Policy number: 0012</p><p>Status: In Force</p>',
  'one line of text': '<p><b>Policy number:</b> 0012 <b>Status:</b> In Force</p>',
  'fields that cannot be changed':
    '<label for=n>Policy number</label> <input id=n readonly value="0012"><b id=s>Status</b><i></i><div aria-labelledby=s>In Force</div>',
  'a search field above':
    '<label for=q>Policy number</label><input id=q value="0099"><dl><dt>Policy number</dt><dd>0012</dd><dt>Status</dt><dd>In Force</dd></dl>',
  'the same twice':
    '<h1>Policy number: 0012</h1><dl><dt>Policy number</dt><dd>0012</dd><dt>Policy status today</dt><dd>In Force</dd></dl>',
};

describe('values beside their labels', () => {
  const read = (html: string) => kit.values(kit.load(html), { labels });

  it.each(Object.entries(PAGES))('%s', (_what, html) => {
    expect(read(html)).toEqual({ number: '0012', status: 'In Force' });
  });

  it.each([
    ['a label of another name', PAGES['terms and descriptions'].replace('Status', 'State')],
    ['no value', PAGES['terms and descriptions'].replace('In Force', '')],
    [
      'two policies',
      PAGES['terms and descriptions'] + PAGES['terms and descriptions'].replace('0012', '0013'),
    ],
    [
      'two values under one label',
      PAGES['terms and descriptions'].replace('</dd></dl>', '</dd><dd>Lapsed</dd></dl>'),
    ],
    [
      'a table that has labels as headers',
      '<table><tr><td>Policy number</td><td>Status</td></tr><tr><td>0012</td><td>In Force</td></tr></table>',
    ],
    [
      'headers of a table',
      '<table><tr><th>Policy number</th><th>Status</th></tr><tr><td>0012</td><td>In Force</td></tr></table>',
    ],
    [
      'a flat list that cannot be told apart',
      '<div><p>Owner</p><p>Policy number</p><p>0012</p><p>Status</p><p>In Force</p><p>x</p></div>',
    ],
    ['a hidden value alone', PAGES['terms and descriptions'].replace('<dl>', '<dl hidden>')],
    ['nothing', ''],
  ])('are not understood with %s', (_what, html) => {
    expect(() => read(html)).toThrow(PortalChanged);
  });

  it('are looked for in one part of the page where a label stands several times', () => {
    const page = PAGES['terms and descriptions'];
    const $ = kit.load(`<div id=a>${page}</div><div id=b>${page.replace('0012', '0013')}</div>`);
    expect(kit.values($, { labels, within: '#b' }).number).toBe('0013');
  });

  it('may be left out where they are optional', () => {
    const $ = kit.load(PAGES['terms and descriptions']);
    const found = kit.values($, {
      labels: { number: 'Policy number' },
      optional: { owner: 'Owner' },
    });
    expect(found).toEqual({ number: '0012' });
    expect(found.owner).toBeUndefined();
  });
});
