import { describe, expect, it } from 'vitest';
import type { Snapshot } from '#portal/contract.ts';
import { createKit } from '#portal/kit/kit.ts';
import { SHARED_OUTCOMES } from '#portal/outcomes.ts';
import { wordsOf } from '#shared/status.ts';
import { checkSnapshot } from '#portal/reading.ts';
import { PortalChanged, failureOf } from '#portal/failure.ts';

const kit = createKit();

describe('an amount', () => {
  it.each([
    ['$1,234.50', 123450],
    ['1234.5', 123450],
    ['($12.00)', -1200],
    ['$(1,012.00)', -101200],
    ['-$12', -1200],
    ['$-12', -1200],
    ['\u2212 12.00', -1200],
    ['12.00-', -1200],
    ['+5', 500],
    ['USD 1 000.00', 100000],
    ['1,000,000.01 USD', 100000001],
    ['\u00A0$0.00 ', 0],
    ['($0.00)', 0],
    ["1'234.50", 123450],
    ['1’234.50', 123450],
    ['1 234.50', 123450],
    ['US$5', 500],
    ['$ 5 USD', 500],
    ['- $ 12.00', -1200],
    ['7', 700],
  ])('%s is read in cents', (text, minor) => {
    expect(kit.money(text, 'USD')).toEqual({ minor, currency: 'USD' });
  });

  it.each([
    ['1.234,50 €', 123450],
    ['1 234,5 €', 123450],
    ['-0,07', -7],
    ['EUR 1.234', 123400],
    ["1'234,50 €", 123450],
    ['1 234 567 €', 123456700],
    ['1.234,50- EUR', -123450],
  ])('%s is read where a comma is decimal', (text, minor) => {
    expect(kit.money(text, 'EUR', 'decimal-comma').minor).toBe(minor);
  });

  it.each([
    '',
    '-',
    'n/a',
    '12.345',
    '1,23',
    '1.234,50',
    '$1 2',
    '€5',
    '12%',
    '--5',
    '1e5',
    '(-5)',
    '$100 $200',
    '100 200',
    '1,234 567.00',
    '1 234,50',
    'CA$5',
    'CAD 5',
    '5 USD EUR',
    '5 points',
    '$1.2M',
    '5-6',
    '12.00 CR',
    '(5',
    '5)',
    '$5*',
    '-5-',
    '0x10',
  ])('%j is not guessed', (text) => {
    expect(() => kit.money(text, 'USD')).toThrow(PortalChanged);
  });

  it.each([
    ['12.00 CR', 'plus', 1200],
    ['12.00DR', 'plus', -1200],
    ['$12.00 CR', 'minus', -1200],
    ['12.00 DR', 'minus', 1200],
    ['12.00', 'minus', 1200],
  ] as const)('%s is read where credit means %s', (text, credit, minor) => {
    expect(kit.money(text, 'USD', { credit }).minor).toBe(minor);
    expect(() => kit.money(`-${text} DR`, 'USD', { credit })).toThrow(PortalChanged);
  });

  it('of JSON is read whether it is a number or a text', () => {
    const answer = {
      value: { number: -41250.75, text: '$5.00', share: '0.3001', sum: 0.1 + 0.2, huge: 1e21 },
    };
    expect(kit.amount(answer, 'value.number', 'USD').minor).toBe(-4125075);
    expect(kit.amount(answer, 'value.text', 'USD').minor).toBe(500);
    expect(kit.amount(answer, 'value.sum', 'USD').minor).toBe(30);
    for (const path of ['value.share', 'value.huge', 'value.none', 'value'])
      expect(() => kit.amount(answer, path, 'USD')).toThrow(PortalChanged);
  });

  it('that is not understood is told by its form alone', () => {
    expect(() => kit.money('Chen 4711.22 pending', 'USD')).toThrow('aaaa 9999.99 aaaaaaa');
  });
});

describe('a date', () => {
  it.each([
    ['11/20/2026', 'MM/dd/yyyy', '2026-11-20'],
    ['20-Nov-2026', 'dd-MMM-yyyy', '2026-11-20'],
    ['November 3, 2026', 'MMMM d, yyyy', '2026-11-03'],
    [' 2026-02-28\n', 'yyyy-MM-dd', '2026-02-28'],
    ['Nov. 20, 2026', 'MMM d, yyyy', '2026-11-20'],
    ['20 Sept 2026', 'd MMM yyyy', '2026-09-20'],
    ['November 20th, 2026', 'MMMM do, yyyy', '2026-11-20'],
    ['11/20/26', 'MM/dd/yy', '2026-11-20'],
  ])('%j in %s is %s', (text, format, iso) => {
    expect(kit.date(text, format)).toBe(iso);
  });

  it.each([
    ['20 novembre 2026', 'd MMMM yyyy', 'fr', '2026-11-20'],
    ['20. Dezember 2026', 'd. MMMM yyyy', 'de', '2026-12-20'],
    ['20 de noviembre de 2026', "d 'de' MMMM 'de' yyyy", 'es', '2026-11-20'],
  ])('%j is read in its language', (text, format, language, iso) => {
    expect(kit.date(text, format, language)).toBe(iso);
    expect(() => kit.date(text, format)).toThrow(PortalChanged);
  });

  it('of several formats is read by the one that fits, unless they differ', () => {
    const formats = ['MM/dd/yyyy', 'yyyy-MM-dd'];
    expect(kit.date('2026-11-20', formats)).toBe('2026-11-20');
    expect(() => kit.date('02/03/2026', ['MM/dd/yyyy', 'dd/MM/yyyy'])).toThrow(PortalChanged);
    expect(kit.date('02/02/2026', ['MM/dd/yyyy', 'dd/MM/yyyy'])).toBe('2026-02-02');
  });

  it('in a language that nobody knows is the mistake of the adapter', () => {
    expect(() => kit.date('1', 'd', 'xx')).toThrow('no language "xx"');
  });

  it.each(['', '2026-11-20', '13/01/2026', '02/30/2026', '1/2/26', '11/20/2026 10:00'])(
    '%j is no MM/dd/yyyy',
    (text) => {
      expect(() => kit.date(text, 'MM/dd/yyyy')).toThrow(PortalChanged);
    },
  );
});

it('a page that is cut off is not read', () => {
  expect(() => kit.load('<!doctype html><html><body><p>Account Value')).toThrow('cut off');
  expect(kit.load('<html><body><p>1</p></body></html>\n')('p').text()).toBe('1');
});

describe('a table', () => {
  const table = (rows: string) => kit.table(kit.load(`<table id="t">${rows}</table>`), '#t');

  it('is read by its headers, headings between rows left out', () => {
    const rows = `<tr><th>Value</th><th>As  of</th></tr>
      <tr><td colspan="2">Riders</td></tr><tr><td> Cash\n Value</td><td>today</td></tr>`;
    expect(table(rows)).toEqual([{ Value: 'Cash Value', 'As of': 'today' }]);
  });

  it.each([
    ['a row that is too short', '<tr><th>A</th><th>B</th></tr><tr><td>1</td></tr>'],
    ['two headers alike', '<tr><th>A</th><th>A</th></tr>'],
    ['no rows at all', ''],
  ])('with %s is not understood', (_what, rows) => {
    expect(() => table(rows)).toThrow(PortalChanged);
  });

  it('that is there twice is not understood', () => {
    expect(() => kit.table(kit.load('<table></table><table></table>'), 'table')).toThrow('2');
  });
});

describe('terms and descriptions', () => {
  const pairs = (list: string) => kit.pairs(kit.load(`<dl id="t">${list}</dl>`), '#t');

  it('are read each beside its own', () => {
    expect(pairs('<dt>Status</dt><dd>Active</dd><div><dt>Plan</dt><dd>A</dd></div>')).toEqual({
      Status: 'Active',
      Plan: 'A',
    });
  });

  it('without a description a term has none: not that of the next', () => {
    expect(pairs('<dt>Status</dt><dt>Plan</dt><dd>A</dd>')).toEqual({ Status: '', Plan: 'A' });
  });

  it.each([
    ['two descriptions', '<dt>Status</dt><dd>Active</dd><dd>Lapsed</dd>'],
    ['a term twice', '<dt>Status</dt><dd>Active</dd><dt>Status</dt><dd>Lapsed</dd>'],
  ])('with %s are not understood', (_what, list) => {
    expect(() => pairs(list)).toThrow(PortalChanged);
  });
});

describe('what is read of a policy', () => {
  const policy = (given: Partial<Snapshot>): Snapshot => ({
    number: '1',
    status: 'Active',
    values: [
      { name: 'Cash Value', amount: { minor: 1, currency: 'USD' }, asOf: '2026-02-28' },
      { name: 'Face Value', amount: { minor: 1, currency: 'USD' }, asOf: '2026-02-28' },
    ],
    ...given,
  });
  const value = (name: string, currency: string, asOf: string) => ({
    values: [{ name, amount: { minor: 1, currency }, asOf }],
  });

  it('is believed in full', () => {
    expect(checkSnapshot(policy({ missing: ['Death Benefit'] })).missing).toHaveLength(1);
    const ended = policy({ status: 'Ceased', values: [] });
    expect(() => checkSnapshot(ended)).toThrow('No value was found');
    expect(checkSnapshot(ended, { statusWords: { closed: ['CEASED'] } }).values).toEqual([]);
  });

  it('may have no values where the firm says that its status is an ended one, against the adapter too', () => {
    const ended = policy({ status: 'Closed – Transferred', values: [] });
    const taught = wordsOf({ closed: ['closed - transferred'] });
    const adapter = { statusWords: { open: ['Closed – Transferred'] } };
    expect(() => checkSnapshot(ended, adapter)).toThrow('No value was found');
    expect(checkSnapshot(ended, adapter, taught).values).toEqual([]);
    const running = wordsOf({ open: ['closed'] });
    expect(() => checkSnapshot(policy({ status: 'Closed', values: [] }), {}, running)).toThrow(
      'No value was found',
    );
  });

  it.each([
    ['a currency that is no code', value('Cash Value', 'US$', '2026-02-28')],
    ['a day that there is not', value('Cash Value', 'USD', '2026-02-30')],
    ['a month that there is not', value('Cash Value', 'USD', '2026-13-01')],
    ['a value without a name', value(' ', 'USD', '2026-02-28')],
    ['a value that is there and missing', { missing: ['Cash Value'] }],
    ['no status', { status: ' ' }],
  ])('with %s is not', (_what, given) => {
    expect(() => checkSnapshot(policy(given))).toThrow(PortalChanged);
  });
});

it('policy numbers are the same whatever their dashes and case', () => {
  expect(kit.sameNumber('00123-4567', ' 001234567')).toBe(true);
  expect(kit.sameNumber('00123-4567', '123-4567')).toBe(false);
});

describe('what portals say in much the same words', () => {
  const outcomeOf = (text: string) =>
    SHARED_OUTCOMES.find((rule) => rule.when.text?.test(text))?.is;

  it.each([
    ['Your account has been temporarily locked.', 'locked'],
    ['Your password has expired.', 'password-expired'],
    ['You must change your password to continue', 'password-expired'],
    ['Please review and accept the terms of use', 'action-needed'],
    ['You need to set up multi-factor authentication', 'action-needed'],
    ['This site is down for scheduled maintenance', 'carrier-down'],
    ['Our system is currently unavailable', 'carrier-down'],
    ['You are already signed in on another device.', 'session-conflict'],
    ['Your session has timed out', 'session-ended'],
    ['Confirm you are not a robot', 'blocked'],
  ])('"%s" is %s', (text, is) => {
    expect(outcomeOf(text)).toBe(is);
  });

  it.each([
    'Annual maintenance fee $30.00',
    'Locked-in rate until 2027',
    'By signing in you agree to the terms of use.',
    'Your session will end after 20 minutes',
    'Policy status: Expired',
    'The site will be down for maintenance on Sunday',
    'Customer service is closed on Thanksgiving',
  ])('"%s" is no trouble', (text) => {
    expect(outcomeOf(text)).toBeUndefined();
  });
});

describe('an error of a step', () => {
  it.each([
    [
      new Error('page.goto: net::ERR_CONNECTION_REFUSED at https://x.example/policy/4711'),
      'carrier-down',
    ],
    [new Error('page.goto: Timeout 15000ms exceeded.'), 'carrier-down'],
    [
      new Error('locator.click: Timeout 15000ms exceeded. waiting for getByText("Chen")'),
      'portal-changed',
    ],
    [new Error('page.evaluate: Target page, context or browser has been closed'), 'carrier-down'],
    [new PortalChanged('No such table'), 'portal-changed'],
    [new TypeError("Cannot read properties of undefined (reading 'x')"), 'portal-changed'],
  ])('%s is %s', (error, reason) => {
    expect(failureOf(error, false).reason).toBe(reason);
  });

  it('tells neither what was searched nor where', () => {
    const error = new Error(
      'locator.click: Timeout 15000ms exceeded. getByText("Chen 00123-4567")',
    );
    expect(failureOf(error, false).detail).toBe('The page did not have what locator.click needs');
    expect(failureOf(new PortalChanged('Row 4711 of chen@x.example'), false).detail).toBe(
      'Row 9999 of an address',
    );
  });

  it('is the portal’s when it still owed an answer', () => {
    expect(failureOf(new PortalChanged('Nothing in sight'), true).reason).toBe('carrier-down');
  });
});
