import { expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { commandsOf, featuresOf } from '#app/features.ts';

import { parseSpoken } from '#slack/command-text.ts';

const FEATURES = featuresOf(loadConfig({}));

it.each([
  'policy 1',
  'contact chen',
  'contact chen before 3pm',
  'status',
  'sources',
  'hold ana',
  'history 1',
  'report',
  'digest',
  'team',
  'show case 7',
])('"%s" is carried out by one feature', (text) => {
  const parsed = parseSpoken(text, '/sync');
  expect(commandsOf(FEATURES)).toHaveProperty(parsed.kind === 'words' ? parsed.word : '');
});

it('a command that two features carry out is told at the start', () => {
  const [first] = FEATURES.filter(({ commands }) => commands !== undefined);
  expect(() => commandsOf([...FEATURES, first ?? {}])).toThrow('Two features have the command');
});

it('no click is listened to twice', () => {
  const names = FEATURES.flatMap(({ clicks = [] }) => clicks.map(({ name }) => String(name)));
  expect(names).toEqual([...new Set(names)]);
});
