import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { expect, it } from 'vitest';

const lines = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** As Docker reads the file: the last line that fits decides, and a folder takes what is in it along. */
const isLeftOut = (path: string): boolean =>
  lines('.dockerignore').reduce((out, line) => {
    const pattern = line.replace(/^!/, '');
    const fits = matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`);
    return fits ? !line.startsWith('!') : out;
  }, false);

it.each([
  '.env',
  '.env.production',
  'src/.env.local',
  'policies.csv',
  'exports/2026/people.csv',
  'data/swivel-sync.db',
  'firm.db-wal',
  'keys/sealing-private.json',
  'bot.log',
  '.git/config',
])('%s stays out of the image', (path) => expect(isLeftOut(path)).toBe(true));

it('everything that git keeps and the program needs is in it', () => {
  const kept = execFileSync('git', ['ls-files', 'src', 'carriers', 'db'], { encoding: 'utf8' });
  expect(kept.trim().split('\n').filter(isLeftOut)).toEqual([]);
});

it('the image takes named folders and nothing else', () => {
  const copied = lines('Dockerfile')
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) => line.split(' ').slice(1, -1));
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  expect(copied).not.toContain('.');
});

it('the container lets Chromium make user namespaces, and not more than that lets in', () => {
  const { defaultAction, syscalls } = JSON.parse(readFileSync('chromium-seccomp.json', 'utf8')) as {
    defaultAction: string;
    syscalls: { names: string[]; action: string; includes: { caps?: string[] } }[];
  };
  expect(defaultAction).toBe('SCMP_ACT_ERRNO');
  const free = syscalls
    .filter(({ action, includes }) => action === 'SCMP_ACT_ALLOW' && includes.caps === undefined)
    .flatMap(({ names }) => names);
  expect(free).toEqual(expect.arrayContaining(['clone', 'clone3', 'unshare', 'setns']));
  for (const name of ['mount', 'bpf', 'kexec_load', 'init_module', 'reboot'])
    expect(free).not.toContain(name);
  expect(readFileSync('compose.yaml', 'utf8')).toContain('seccomp=chromium-seccomp.json');
});
