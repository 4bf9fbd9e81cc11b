import { expect, it } from 'vitest';
import { readHold } from '#features/holds/hold-words.ts';

const MINUTE = 60_000;
/** 10:00 in New York. */
const NOW = Date.parse('2026-11-24T15:00:00Z');
const read = (typed: string) => readHold(typed, NOW, 'America/New_York');

it.each([
  ['northbridge', 'northbridge', 30],
  ['', '', 30],
  ['northbridge 90 min', 'northbridge', 90],
  ['northbridge for 2 hours', 'northbridge', 120],
  ['northbridge 1h', 'northbridge', 60],
  ['northbridge for an hour please', 'northbridge', 60],
  ['northbridge half an hour', 'northbridge', 30],
  ['1.5 hours', '', 90],
  ['northbridge until 11:30am', 'northbridge', 90],
  ['northbridge till 3', 'northbridge', 300],
  ['until noon', '', 120],
  ['northbridge in 2 hours', 'northbridge', 120],
])('"%s" is a hold of "%s" for %i minutes', (typed, query, minutes) => {
  expect(read(typed)).toEqual({ query, forMs: minutes * MINUTE });
});

it('of a time that is none ahead is asked again', () => {
  for (const typed of [
    'northbridge until later',
    'northbridge until yesterday 3pm',
    'northbridge tomorrow',
  ])
    expect(read(typed)).toBeUndefined();
});
