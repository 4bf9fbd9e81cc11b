import { describe, expect, it } from 'vitest';
import { createKit } from '#worker/kit.ts';
import { SHARED_OUTCOMES } from '#worker/outcomes.ts';
import { PortalChanged, troubleOf } from '#worker/trouble.ts';

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
  ])('%s is read in cents', (text, minor) => {
    expect(kit.money(text, 'USD')).toEqual({ minor, currency: 'USD' });
  });

  it.each([
    ['1.234,50 €', 123450],
    ['1 234,5 €', 123450],
    ['-0,07', -7],
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
  ])('%j is not guessed', (text) => {
    expect(() => kit.money(text, 'USD')).toThrow(PortalChanged);
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
  ])('%j in %s is %s', (text, format, iso) => {
    expect(kit.date(text, format)).toBe(iso);
  });

  it.each(['', '2026-11-20', '13/01/2026', '02/30/2026', '1/2/26', '11/20/2026 10:00'])(
    '%j is no MM/dd/yyyy',
    (text) => {
      expect(() => kit.date(text, 'MM/dd/yyyy')).toThrow(PortalChanged);
    },
  );
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
    expect(troubleOf(error, false).reason).toBe(reason);
  });

  it('tells neither what was searched nor where', () => {
    const error = new Error(
      'locator.click: Timeout 15000ms exceeded. getByText("Chen 00123-4567")',
    );
    expect(troubleOf(error, false).detail).toBe('The page did not have what locator.click needs');
    expect(troubleOf(new PortalChanged('Row 4711 of chen@x.example'), false).detail).toBe(
      'Row 9999 of an address',
    );
  });

  it('is the portal’s when it still owed an answer', () => {
    expect(troubleOf(new PortalChanged('Nothing in sight'), true).reason).toBe('carrier-down');
  });
});
