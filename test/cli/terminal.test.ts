import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { openTerminal } from '#cli/terminal.ts';

const open = () => {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const shown = new PassThrough({ encoding: 'utf8' });
  let screen = '';
  shown.on('data', (text: string) => {
    screen += text;
  });
  return {
    keys,
    terminal: openTerminal(keys, shown),
    screen: () => stripVTControlCharacters(screen),
  };
};

it('shows what is typed to a question that may be seen, and nothing of a secret', async () => {
  const { keys, terminal, screen } = open();
  const user = terminal.ask('User name:');
  keys.write('ana.ruiz\r');
  expect(await user).toBe('ana.ruiz');
  const password = terminal.askSecret('Password:');
  keys.write('lantern-42\r');
  expect((await password).reveal()).toBe('lantern-42');
  expect(screen()).toContain('User name: ana.ruiz');
  expect(screen()).toContain('Password: (not shown)');
  expect(screen()).not.toMatch(/lantern/);
});

it('never shows a password that is typed ahead, in one piece or while nothing is asked', async () => {
  const { keys, terminal, screen } = open();
  const user = terminal.ask('User name:');
  keys.write('ana.ruiz\rlantern-42\r');
  expect(await user).toBe('ana.ruiz');
  keys.write('246810\rhalf of');
  expect((await terminal.askSecret('Password:')).reveal()).toBe('lantern-42');
  expect((await terminal.askSecret('Code:')).reveal()).toBe('246810');
  const rest = terminal.askSecret('Again:');
  keys.write(' a word\r');
  expect((await rest).reveal()).toBe('half of a word');
  expect(screen()).not.toMatch(/lantern|246810|half of/);
});
