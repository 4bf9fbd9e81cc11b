import { describe, expect, it } from 'vitest';
import { leaksIn } from '#portal/recording/leaks.ts';
import { redactPage } from '#portal/recording/redacted-page.ts';
import { createRedaction } from '#portal/recording/redaction.ts';

const redaction = createRedaction({
  key: Buffer.from('a key of this test'),
  now: Date.parse('2026-11-22T15:00:00Z'),
  secrets: ['lantern-42', 'aruiz77'],
  hide: ['Page Price'],
  numbers: ['00123-4567'],
  keep: ['Lakeside'],
  maskAmounts: false,
});
const { text, url, json, identifier } = redaction;

describe('of a text', () => {
  it.each([
    'Policy status',
    'In Force',
    'Grace Period',
    'Account Value as of 11/20/2026',
    'Nov 20, 2026',
    '2026-11-20T09:30:00Z',
    '$1,234.50',
    '($12.00)',
    '1.234,50 €',
    '4.5%',
    '3 of 12',
    '3:30 PM',
    'Lakeside',
  ])('"%s" stays', (kept) => {
    expect(text(kept)).toBe(kept);
  });

  it.each([
    'Margaret Chen',
    "Aoife O'Brien",
    'Grace Williams',
    'Page Price',
    '123-45-6789',
    '123 45 6789',
    '(212) 555-0147',
    'margaret.chen@acme.org',
    '03/14/1961',
    'March 14, 1961',
    '14.03.1961',
    '48 Quarry Lane, Springfield, IL 62704',
    'TWFyZ2FyZXQgQ2hlbg==',
    '%4D%61%72%67%61%72%65%74',
    '&#77;&#97;&#114;',
    String.raw`\u004d\u0061`,
    'lantern-42',
    'MA-881204-B',
  ])('nothing of "%s" stays', (gone) => {
    const words = gone.match(/[\p{L}\p{N}]{3,}/gu) ?? [];
    for (const word of words) expect(text(gone).toLowerCase()).not.toContain(word.toLowerCase());
    expect(text(gone)).not.toBe(gone);
  });

  it('has one stand-in for one number, however it is written', () => {
    const bare = text('00123-4567').replaceAll(/\D/g, '');
    expect(bare).toMatch(/^\d{9}$/);
    for (const written of ['001234567', '00123 4567', '00123.4567'])
      expect(text(written).replaceAll(/\D/g, '')).toBe(bare);
    expect(url('/policy/00123-4567')).toBe(`/policy/${text('00123-4567')}`);
    expect(text('CHEN chen Chen').toLowerCase().split(' ')).toEqual(
      Array.from({ length: 3 }, () => text('chen')),
    );
  });

  it('has no date of a birth, recent or not', () => {
    expect(text('11/20/2026', true)).not.toBe('11/20/2026');
    const page = redactPage('<dl><dt>Date of birth</dt><dd>11/20/2026</dd></dl>', redaction);
    expect(page).not.toContain('11/20/2026');
  });
});

it('keeps the form of JSON, and replaces keys and numbers that name somebody', () => {
  const redacted = json({
    contractNumber: '00123-4567',
    'Margaret Chen': { dateOfBirth: '2026-01-02', ssn: 123456789 },
    accountValue: 41250.75,
    deathBenefit: 250000,
    accessToken: 'abc',
    closed: false,
  });
  expect(redacted).toMatchObject({ accountValue: 41250.75, deathBenefit: 250000, closed: false });
  expect(JSON.stringify(redacted)).not.toMatch(/Margaret|Chen|123456789|2026-01-02|"abc"|00123/);
});

it('keeps identifiers of layout words, and addresses without their people', () => {
  expect(identifier('policyValues')).toBe('policyValues');
  expect(identifier('client-margaret-chen')).not.toMatch(/margaret|chen/);
  expect(url('/search?owner=Margaret+Chen&token=abc&rows=2')).toMatch(
    /^\/search\?owner=\w+%20\w+&token=redacted&rows=2$/,
  );
  expect(url('mailto:margaret@mail.example')).toBe('#');
  expect(url('https://tracker.example/margaret')).not.toMatch(/tracker|margaret/);
});

it('finds a secret that is still there, however it is wrapped', () => {
  const secret = 'lantern-42';
  const found = (written: string): boolean => leaksIn(written, [secret]).length > 0;
  expect(found(`a ${secret} b`)).toBe(true);
  expect(found('LANTERN-42')).toBe(true);
  expect(found('lan<b>tern</b>-42')).toBe(true);
  expect(found(encodeURIComponent('lantern-42').replace('-', '%2D'))).toBe(true);
  expect(found(Buffer.from(`x ${secret}`).toString('base64'))).toBe(true);
  expect(found(Buffer.from(secret).toString('hex'))).toBe(true);
  expect(found('&#108;antern-42')).toBe(true);
  expect(found('a lantern of 42 days')).toBe(false);
});
