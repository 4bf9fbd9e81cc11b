import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { wordsOf } from '#cli/words-of.ts';
import { projectFolder } from '#setup/tools.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sync-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const says = (words: string[], env: Record<string, string>): string => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(projectFolder, 'src/cli/main.ts'), ...words],
    { env: { PATH: process.env['PATH'], DATA_DIR: folder, ...env }, encoding: 'utf8' },
  );
  return `${status} ${stdout}${stderr}`;
};

it('a command says in a line that the Postgres is away', () => {
  const env = { DATABASE_URL: 'postgres://sync@127.0.0.1:1/firm' };
  const away =
    /^1 The Postgres at 127\.0\.0\.1:1 cannot be used: .*Start it, or correct its address\.\n$/;
  expect(says(['people'], env)).toMatch(away);
  expect(says(['backup', join(folder, 'copy.dump')], env)).toMatch(away);
});

it('a command says in a line that its file is no database', () => {
  const file = join(folder, 'text.db');
  writeFileSync(file, 'This is a text, and no database of anybody.');
  expect(says(['carriers'], { DATABASE_FILE: file })).toMatch(
    /^1 The database cannot be used: file is not a database\..*\n$/,
  );
});

it('a command says in a line that its map of columns is none', () => {
  const map = join(folder, 'map.yaml');
  writeFileSync(map, 'policies: [');
  expect(says(['import', '--map', map, map], {})).toMatch(
    /^1 map\.yaml is not a map of columns\. Example: .*\n$/,
  );
});

it('a fault of the program keeps its place in it', () => {
  expect(wordsOf(new TypeError('x is not a function'))).toBeUndefined();
  const away = Object.assign(new Error('EACCES: permission denied'), {
    code: 'EACCES',
    syscall: 'open',
  });
  expect(wordsOf(away)).toContain('EACCES: permission denied. Run it as the user of the service');
  const severity = Object.assign(new Error('syntax error'), { severity: 'ERROR', code: '42601' });
  expect(wordsOf(severity)).toBeUndefined();
  // A database that was dropped meanwhile, one that lets nobody in, one that ends.
  for (const code of ['3D000', '28P01', '57P01', '53300', '08006'])
    expect(wordsOf(Object.assign(new Error('why'), { severity: 'FATAL', code }))).toBe(
      'The Postgres refuses: why. Ask swivel-sync doctor.',
    );
});
