import { describe, expect, it } from 'vitest';
import { numbersIn, readableText } from '#features/message-policies/numbers.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { slowMessages } from '#test/support/slow-messages.ts';

const likely = (text: string): string[] =>
  numbersIn(text).flatMap((found) => (found.likely ? [found.number] : []));
const keys = (text: string): string[] =>
  numbersIn(text).map(({ number }) => normalizeNumber(number));

describe('numbers that look like policies', () => {
  it.each([
    ['Can you sync 00123-4567 before the review?', ['00123-4567']],
    [
      'Policies: 00123-4567, MA-133392-E and M01975042.',
      ['00123-4567', 'MA-133392-E', 'M01975042'],
    ],
    ['ma-133392-e please', ['ma-133392-e']],
    ['05.664.8423 moved', ['05.664.8423']],
    ['#5343457-04; (00229-5167)', ['5343457-04', '00229-5167']],
    ['*00123-4567* and `00229-5167`', ['00123-4567', '00229-5167']],
    ['00123\u20134567 with a dash of its own', ['00123\u20134567']],
    ['00123-4567/00229-5167', ['00123-4567', '00229-5167']],
    ['see <https://crm.example/policies/00123-4567?tab=values>', ['00123-4567']],
    ['<https://crm.example/p/9|policy 00123-4567>', ['00123-4567']],
    ['１２３４５-６７８９', ['12345-6789']],
    ['00123-4567 again: 001234567, 00123.4567', ['00123-4567']],
  ])('%s', (text, expected) => expect(likely(text)).toEqual(expected));
});

describe('what else people write with digits is not taken for one', () => {
  it.each([
    'Thanks, see you at 10:30!',
    'on 2026-11-20, 11/20/2026 or Nov 20, 2026',
    '20th November 2026, and 20 Nov 2026',
    'worth $412,806.44 or 412,806.44 dollars, up 3.25 %',
    'about $1.2m, that is 1,200,000',
    'call (555) 123-4567, 555-123-4567, 555.123.4567 or +1 555 123 4567',
    'ask <@U0123456789> in <#C0123456789|team> <!date^1763683200^{date_num}|2025-11-21>',
    'mail ana.1975042@harborpoint.example',
    'in 2026 there were 60 contacts and 200 policies',
    'the article covid19vaccines2021edition',
    '',
  ])('%s', (text) => expect(likely(text)).toEqual([]));

  it('and is still looked for, in case the book has that very number', () => {
    expect(keys('the 555-123-4567 one, for $4,128')).toEqual(
      expect.arrayContaining(['5551234567', '4128']),
    );
    expect(keys('since 2026-11-20')).toContain('20261120');
  });
});

it('a number written with spaces is looked for as one', () => {
  expect(keys('please sync MA 133392 E today')).toContain('MA133392E');
  expect(keys('00123 4567')).toContain('001234567');
});

it('each number comes once, the likely ones first', () => {
  const found = numbersIn('11/20/2026: 00123-4567 and 001234567');
  expect(found.map(({ number }) => number)[0]).toBe('00123-4567');
  expect(new Set(keys('11/20/2026: 00123-4567 and 001234567')).size).toBe(found.length);
});

it('a text of a hundred thousand characters is read', () => {
  expect(numbersIn('00123-4567 555-123 4567 $1,2 '.repeat(4000)).length).toBeGreaterThan(1);
  expect(numbersIn('1-'.repeat(50_000)).length).toBeGreaterThanOrEqual(0);
});

it('a message made to be slow is read once from its beginning to its end', () => {
  for (const message of slowMessages) expect(numbersIn(message).length).toBeLessThan(10);
}, 10_000);

it('letters that stand for a whole phrase make no message longer than the longest one', () => {
  // One letter, and eighteen when it is compared.
  const phrase = '\uFDFA';
  expect(likely(`${phrase.repeat(100)} 884-20931-7`)).toEqual(['884-20931-7']);
  expect(likely(`${phrase.repeat(3000)} 884-20931-7`)).toEqual([]);
});

it('what can be read in a message is its text, its blocks and its attachments', () => {
  const text = readableText({
    type: 'message',
    ts: '1763683200.000100',
    user: 'U123456',
    text: 'Three of them',
    blocks: [
      { type: 'section', block_id: '99999-1', text: { type: 'mrkdwn', text: '*00123-4567*' } },
      { type: 'data_table', caption: 'All', rows: [[{ type: 'raw_text', text: 'M01975042' }]] },
      { type: 'rich_text', elements: [{ elements: [{ type: 'text', text: 'MA-133392-E' }] }] },
    ],
    attachments: [{ title: 'A mail', text: 'about 05.664.8423', fields: [{ title: 'x' }] }],
  });
  expect(likely(text)).toEqual(['00123-4567', 'M01975042', 'MA-133392-E', '05.664.8423']);
});
