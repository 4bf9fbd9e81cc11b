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
  ['northbridge to 11:30', 'northbridge', 90],
  ['northbridge by 3pm', 'northbridge', 300],
  ['northbridge until 3pm today', 'northbridge', 300],
  ['log in to northbridge', 'log in to northbridge', 30],
  ['sun life', 'sun life', 30],
])('"%s" is a hold of "%s" for %i minutes', (typed, query, minutes) => {
  expect(read(typed)).toEqual({ query, forMs: minutes * MINUTE });
});

it.each([
  'northbridge until later',
  'northbridge until yesterday 3pm',
  'northbridge until tonight',
  'northbridge tomorrow',
  'northbridge tomorrow 9am',
  'northbridge 9am to 11am',
  'northbridge 9am-11am',
  'northbridge between 3pm and 5pm',
  'northbridge at 3pm',
  'northbridge from 3pm',
  'northbridge at 3pm for 2 hours',
  'northbridge from 3pm until 5pm',
  'northbridge tomorrow for an hour',
  'northbridge in 2 hours',
  'northbridge in half an hour',
  'northbridge 2 hours in 10 minutes',
  'northbridge today',
  'northbridge tonight',
  'northbridge this afternoon',
  'northbridge all day',
  'northbridge by end of day',
  'today northbridge',
])('"%s" says no time at which a hold that begins now ends, and is asked again', (typed) => {
  expect(read(typed)).toBeUndefined();
});
