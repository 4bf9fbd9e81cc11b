import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KEYS } from '#app/settings.ts';

const FOLDER = 'deploy/systemd';
const UNITS = readdirSync(FOLDER);

/** `[Service]` and its lines, in order. */
const linesOf = (unit: string): [key: string, value: string][] =>
  readFileSync(join(FOLDER, unit), 'utf8')
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);

it.each(UNITS)('%s starts what is there, as its own user, with settings of ours', (unit) => {
  const lines = linesOf(unit);
  const values = (key: string) => lines.filter(([name]) => name === key).map(([, value]) => value);
  expect(values('User')).toEqual(['swivel-sync']);
  const role = unit.includes('bot') ? 'bot' : 'worker';
  expect(values('ExecStart')).toEqual([
    `/opt/swivel-sync/node_modules/.bin/node src/main.ts ${role}`,
  ]);
  for (const command of [...values('ExecStart'), ...values('ExecStartPre')])
    expect(existsSync(command.split(' ')[1] ?? '')).toBe(true);
  const given = values('Environment').flatMap((line) =>
    line.split(' ').map((one) => one.split('=')[0]),
  );
  const known = new Set<string>([...Object.values(KEYS).map(({ env }) => env), 'WORKER_NAME']);
  expect(given.filter((name) => !known.has(name ?? ''))).toEqual([]);
  // A worker's stop waits 8 seconds for a safe end, and the bot's 15 for its own.
  expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(15);
  expect(values('EnvironmentFile').some((file) => file.endsWith('bot.env'))).toBe(role === 'bot');
  // A worker ends its browser itself, once no session needs it; systemd's own defaults would end it first.
  const ofItsBrowser = [...values('KillMode'), ...values('OOMPolicy')];
  expect(ofItsBrowser).toEqual(role === 'worker' ? ['mixed', 'continue'] : []);
});

const hasAnalyze = (): boolean => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

it.skipIf(!hasAnalyze())('systemd reads the units, and says nothing about them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sync-units-'));
  try {
    const files = UNITS.map((unit) => {
      const file = join(folder, unit.replace('@.', '@9465.'));
      // Where this runs, its own program stands for the one of /opt.
      const text = readFileSync(join(FOLDER, unit), 'utf8').replaceAll(
        '/opt/swivel-sync/node_modules/.bin/node',
        process.execPath,
      );
      writeFileSync(file, text.replaceAll(/^Documentation=.*$/gm, ''));
      return file;
    });
    const said = execFileSync('systemd-analyze', ['verify', '--man=no', ...files], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(said.split('\n').filter((line) => line.includes('swivel-sync'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('swivel-sync runs a command as the units run: their user, folder, settings and program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sync-command-'));
  try {
    // What it calls prints how it was called.
    const systemdRun = join(folder, 'systemd-run');
    writeFileSync(systemdRun, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const words = execFileSync(join('deploy', 'swivel-sync'), ['contact', 'C 1042'], {
      env,
      encoding: 'utf8',
    })
      .trimEnd()
      .split('\n');
    const bot = new Map(linesOf('swivel-sync-bot.service'));
    const files = linesOf('swivel-sync-bot.service')
      .filter(([key]) => key === 'EnvironmentFile')
      .map(
        ([, file]) => `--property=EnvironmentFile=${file.endsWith('bot.env') ? '-' : ''}${file}`,
      );
    expect(words).toEqual(
      expect.arrayContaining([
        `--uid=${bot.get('User')}`,
        `--working-directory=${bot.get('WorkingDirectory')}`,
        ...files,
        ...(bot.get('Environment') ?? '')
          .split(' ')
          .filter((one) => !one.startsWith('WATCH_PORT='))
          .map((one) => `--setenv=${one}`),
      ]),
    );
    const [program = ''] = (bot.get('ExecStart') ?? '').split(' ');
    expect(words.slice(words.indexOf(program))).toEqual([
      program,
      'src/cli/main.ts',
      'contact',
      'C 1042',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
