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

it('a question that is withdrawn takes no answer, and holds no program open', async () => {
  const { keys, terminal } = open();
  let held = true;
  Object.assign(keys, { ref: () => (held = true), unref: () => (held = false) });
  const until = new AbortController();
  let answers = 0;
  void terminal
    .ask('Enter when the policy is shown:', undefined, until.signal)
    .then(() => answers++);
  until.abort();
  expect(held).toBe(false);
  const next = terminal.ask('May it stay?');
  keys.write('yes\r');
  expect(await next).toBe('yes');
  expect(answers).toBe(0);
});
