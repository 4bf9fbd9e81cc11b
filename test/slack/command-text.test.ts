import { describe, expect, it } from 'vitest';
import {
  isCourtesy,
  isGreeting,
  parseSpoken,
  readings,
  slipOf,
  unquoted,
} from '#slack/command-text.ts';
import { normalizeNumber } from '#shared/policy-number.ts';

const parse = (text: string) => parseSpoken(text, '/sync');

/** The word that was asked for, and what of, as commands take it. */
const asked = (text: string) => {
  const parsed = parse(text);
  return parsed.kind === 'words' ? [parsed.word.toLowerCase(), unquoted(parsed.rest)] : parsed;
};

describe('a command', () => {
  it.each(['', '   ', 'help', 'HELP', ' Help me', '\u200B', '\n'])(
    'without a word of ours, %j, is answered with help',
    (text) => {
      expect(asked(text)).toEqual(['help', text.includes('me') ? 'me' : '']);
    },
  );

  it.each([
    ['policy 00123-4567', '00123-4567'],
    ['POLICY 00123-4567', '00123-4567'],
    ['  policy\t00123-4567\n', '00123-4567'],
    ['policy\u00A000123\u00A04567', '00123 4567'],
    ['\uFEFFpolicy \u200E00123-4567\u200F', '00123-4567'],
    ['policy \u202A00123\u202C', '00123'],
    ['policy "00123-4567"', '00123-4567'],
    ['policy “00123-4567”', '00123-4567'],
    ["policy '00123-4567'", '00123-4567'],
    ['policy `00123-4567`', '00123-4567'],
    ['policy <00123-4567>', '00123-4567'],
    ['policy &lt;00123-4567&gt;', '00123-4567'],
    ['policy Smith &amp; Sons', 'Smith & Sons'],
    ["policy O'Neill", "O'Neill"],
    ['policy ００１２３', '00123'],
    ['policy', ''],
    ['policy ""', ''],
    ['policy#00123-4567', '00123-4567'],
    ['Policy # 00123-4567', '00123-4567'],
    ['policy: 00123-4567', '00123-4567'],
    ['policy - 00123-4567', '00123-4567'],
    ['policy–00123-4567', '00123-4567'],
    ['Policy -00123', '00123'],
    ['policy?', ''],
    ['policy <tel:001234567|00123-4567>', '00123-4567'],
    ['policy <https://portal.example/p?n=1|00123-4567>', '00123-4567'],
    ['policy <mailto:chen@mail.example|chen@mail.example>', 'chen@mail.example'],
    ['policy <mailto:chen@mail.example>', 'chen@mail.example'],
  ])('%j asks for the policy %j', (text, query) => {
    expect(asked(text)).toEqual(['policy', query]);
  });

  it.each([
    '🎉',
    'policy 🎉👩‍👩‍👧',
    "policy '; drop table policy; --",
    'policy 1 or 1=1',
    'policy %',
    'policy שרה לוי',
    'policy \u0000',
    'policy <!channel>',
  ])('of odd text, %j, is text like any other', (text) => {
    expect(parse(text).kind).toBe('words');
    expect(() => normalizeNumber(JSON.stringify(asked(text)))).not.toThrow();
  });

  it.each([
    ['polcy 00123', 'polcy'],
    ['00123-4567', '00123-4567'],
    ['TERM-00123', 'TERM-00123'],
    ['DO-12345', 'DO-12345'],
    ['CASE–1001', 'CASE–1001'],
    ['🎉 policy', '🎉'],
    ['constructor', 'constructor'],
    ["'; drop table policy", "';"],
  ])('with a first word we do not know, %j, says which', (text, word) => {
    expect(parse(text)).toMatchObject({ kind: 'words', word });
  });

  it('of 10,000 characters is a slip of the clipboard', () => {
    expect(parse(`policy ${'9'.repeat(9993)}`)).toEqual({
      kind: 'too-long',
      length: 10_000,
    });
    expect(parse('x'.repeat(10_000))).toEqual({ kind: 'too-long', length: 10_000 });
  });

  it('of many blanks is not long', () => {
    expect(asked(`policy${' '.repeat(10_000)}00123`)).toEqual(['policy', '00123']);
  });
});

it.each([
  ['sync chen', 'chen', ''],
  ['Sync policy 00123', 'policy', '00123'],
  ['/sync 00123-4567', '00123-4567', ''],
  ['sync', 'sync', ''],
])('in a message %j, the command may stand as a word', (text, word, rest) => {
  expect(parse(text)).toMatchObject({ word, rest });
});

it.each([
  ['chen, margaret', 'chen, margaret'],
  ['status.report@mail.example', 'status.report@mail.example'],
  ["o'neill", "o'neill"],
])('of a name, %j, nothing is taken off', (typed, text) => {
  expect(parse(typed)).toMatchObject({ text });
  expect(readings(typed)[0]).toBe(text);
});

it('takes off quotes on both sides alone', () => {
  for (const [typed, bare] of [
    ['""', ''],
    ['“chen”', 'chen'],
    ['"chen', '"chen'],
    ["chen's", "chen's"],
    ["'n Sync", "'n Sync"],
    ['<chen>', 'chen'],
  ])
    expect(unquoted(typed ?? '')).toBe(bare);
});

it.each([
  ['margaret chen please', 'margaret chen'],
  ['margaret chen’s policies', 'margaret chen'],
  ["chen's", 'chen'],
  ['pls get me chen, thx!', 'chen'],
  ['policy 00123-4567.', '00123-4567'],
  ['chen by end of day', 'chen'],
])('around what is asked for, in %j, are words that are no part of it', (typed, bare) => {
  expect(readings(typed)).toEqual([typed, bare]);
});

it('a greeting asks for nothing, and a courtesy for nothing more', () => {
  for (const text of ['hi', 'Hello!', 'thank you so much', 'ok'])
    expect(isGreeting(text)).toBe(true);
  for (const text of ['hi chen', 'high', 'okafor']) expect(isGreeting(text)).toBe(false);
  for (const text of ['', 'please', 'now.', '?', 'please now', 'sync, , now!'])
    expect(isCourtesy(text)).toBe(true);
  for (const text of ['yesterday', '---', '%', '🙂']) expect(isCourtesy(text)).toBe(false);
});

it.each([
  ['polcy', 'policy'],
  ['polciy', 'policy'],
  ['contcat', 'contact'],
  ['tema', undefined],
  ['teem', 'team'],
  ['stat', undefined],
  ['chen', undefined],
  ['hld', undefined],
  ['00123-4567', undefined],
])('%j is a slip of %j', (typed, meant) => {
  expect(slipOf(typed, ['policy', 'contact', 'status', 'hold', 'team', 'report'])).toBe(meant);
});

it('a word as near to one command as to another is a slip of neither', () => {
  expect(slipOf('coat', ['boat', 'goat'])).toBeUndefined();
});
