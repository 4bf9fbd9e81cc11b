import { expect, it } from 'vitest';
import { actions, context, escape, section, type KnownBlock } from '#slack/blocks.ts';
import { spoken } from '#slack/spoken.ts';

const table = (rows: readonly (readonly (string | number)[])[]): KnownBlock => ({
  type: 'data_table',
  caption: 'By carrier',
  rows: rows.map((row) =>
    row.map((cell) =>
      typeof cell === 'number'
        ? { type: 'raw_number' as const, value: cell, text: String(cell) }
        : { type: 'raw_text' as const, text: cell },
    ),
  ),
});

const heard = (...blocks: KnownBlock[]): string => spoken(blocks).text;

it('says what is shown, without names of pictures, and leaves buttons to themselves', () => {
  expect(
    heard(
      section(':white_check_mark: *Success* · *Mei Chen*'),
      ...actions('do', [{ text: 'Sync again', action: 'again', value: '1' }]),
      context('asked by Ana Ruiz'),
    ),
  ).toBe('Success · Mei Chen\nasked by Ana Ruiz');
});

it('says each number of a table with what it counts, and nothing that counts nothing', () => {
  const head = ['Carrier', 'Policies', 'Not Found'];
  expect(heard(table([head, ['Harbor', 240, 0], ['Cedar', 12, 3]]))).toBe(
    'By carrier\nHarbor: Policies 240\nCedar: Policies 12, Not Found 3',
  );
});

it('makes no mention and no link of what is plain in its block', () => {
  const text = heard(table([['Contact'], ['<!channel> & <@U0ANA>']]));
  expect(text).toBe('By carrier\n&lt;!channel&gt; &amp; &lt;@U0ANA&gt;');
  expect(heard(section(escape('<!here>')))).toBe('&lt;!here&gt;');
});

it('says something of every row where a table is longer than a text may be', () => {
  const rows = Array.from({ length: 60 }, (_, index) => [
    `00${100 + index}`,
    'a result in so many words that sixty of them are longer than Slack takes in one text'.repeat(
      2,
    ),
  ]);
  const text = heard(table([['Policy', 'Result'], ...rows]));
  expect(text.length).toBeLessThanOrEqual(3900);
  for (const [number] of rows) expect(text).toContain(number);
});

it('keeps a time of day, which only looks like the name of a picture', () => {
  expect(heard(section('Enter it by 9:30:15 or 10:45: then it ends.'))).toContain(
    '9:30:15 or 10:45: then',
  );
});
