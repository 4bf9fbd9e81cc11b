import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sync-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = resolve('src/setup', 'swivel-sync.mjs');

const run = (...words: string[]) =>
  spawnSync(PROGRAM, words, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, DATA_DIR: folder },
  });

it('goes by its own name, and says its version', () => {
  expect(run('--help').stdout).toContain('Usage: swivel-sync ');
  expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it.each(['import', 'exprot', 'export --yaml', 'carrier check', 'carrier record lakeside-benefit'])(
  'a mistake in the command line ends with 2: %s',
  (line) => {
    const { status, stderr } = run(...line.split(' '));
    expect(stderr).toContain('(--help says what there is)');
    expect(status).toBe(2);
  },
);

it.each([
  'init',
  'import',
  'migrate',
  'audit',
  'export',
  'backup',
  'restore',
  'move-to',
  'offboard',
  'rotate-key',
  'doctor',
  'carrier new',
  'carrier record',
  'carrier check',
  'carrier practice',
])('the help of %s has an example, and shows no empty default', (command) => {
  const { stdout, status } = run(...command.split(' '), '--help');
  expect(stdout).toContain(`  swivel-sync ${command}`);
  expect(stdout).not.toContain('default: []');
  expect(status).toBe(0);
});

it('ends quietly when its reader has read enough', () => {
  run('import', ...['people', 'statuses', 'contacts', 'policies'].map((n) => `db/seed/${n}.csv`));
  // `true` reads nothing, and is gone before the first line is written.
  const { stderr } = spawnSync('sh', ['-c', `"${PROGRAM}" export | true`], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, DATA_DIR: folder },
  });
  expect(stderr).toBe('');
});
