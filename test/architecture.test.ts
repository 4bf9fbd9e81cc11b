import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/**
 * Who may import whom: the diagram of the house. A room may import itself and what its row names;
 * `contract` is src/worker/contract.ts alone, and the third column the packages only this room sees.
 */
const ROOMS: Record<string, { may: string[]; owns?: string[] }> = {
  domain: { may: [] },
  sync: { may: ['domain'] },
  store: { may: ['sync', 'domain', 'db'], owns: ['kysely', 'better-sqlite3', '@hpke/core'] },
  queue: { may: ['sync', 'domain'], owns: ['bullmq', 'ioredis'] },
  worker: { may: ['sync', 'domain'], owns: ['playwright'] },
  slack: {
    may: ['sync', 'domain'],
    owns: ['@slack/bolt', '@slack/socket-mode', '@slack/web-api', 'chart.js', '@napi-rs/canvas'],
  },
  web: {
    may: ['sync', 'domain'],
    owns: ['eta', 'helmet', 'express-rate-limit', 'standardwebhooks'],
  },
  simulator: {
    may: ['slack', 'web', 'queue', 'store', 'worker', 'sync', 'domain', 'setup', 'root'],
  },
  // Commands for who writes a carrier; it is the worker's side of the house.
  'carrier-command': { may: ['simulator', 'worker', 'sync', 'domain', 'setup'] },
  setup: { may: [] },
  carriers: { may: ['contract', 'domain'] },
  db: { may: [] },
  root: {
    may: [
      'simulator',
      'carrier-command',
      'slack',
      'web',
      'queue',
      'store',
      'worker',
      'sync',
      'domain',
      'setup',
      'carriers',
      'db',
    ],
  },
};

/** Packages that a room may see though another owns them, each with its reason. */
const EXCEPTIONS = [
  ['db', 'kysely'], // migrations are written with it
  ['carriers', 'playwright'], // types only: a page is handed in
] as const;

const files = ['src', 'carriers', 'db'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(top, file)),
);

const roomOf = (file: string): string => {
  const [top, second] = file.split('/');
  if (top !== 'src') return top ?? '';
  return file.split('/').length === 2 ? 'root' : (second ?? '');
};

const IMPORT =
  /^\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm;

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );

const targetOf = (specifier: string): string | undefined => {
  if (specifier === '#worker/contract.ts') return 'contract';
  if (specifier.startsWith('#carriers/')) return 'carriers';
  if (specifier.startsWith('#db/')) return 'db';
  if (specifier.startsWith('#')) return roomOf(`src/${specifier.slice(1)}`);
  return undefined;
};

it('every room imports only the rooms its row of the table names', () => {
  const strays = files.flatMap((file) => {
    const room = roomOf(file);
    const allowed = new Set([room, ...(ROOMS[room]?.may ?? [])]);
    if (room === 'worker' || allowed.has('worker')) allowed.add('contract');
    return importsOf(file).flatMap((specifier) => {
      const target = targetOf(specifier);
      return target === undefined || allowed.has(target) ? [] : [`${file} imports ${specifier}`];
    });
  });
  expect(strays).toEqual([]);
});

it('a package that one room owns is imported by no other', () => {
  const owners = new Map(
    Object.entries(ROOMS).flatMap(([room, { owns }]) => (owns ?? []).map((name) => [name, room])),
  );
  const strays = files.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      const owner = owners.get(name);
      const room = roomOf(file);
      const excused = EXCEPTIONS.some(([who, what]) => who === room && what === name);
      return owner === undefined || owner === room || excused
        ? []
        : [`${file} imports ${specifier}`];
    }),
  );
  expect(strays).toEqual([]);
});

it('relative imports stay inside the folder tree of one room', () => {
  const strays = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) => roomOf(join(file, '..', specifier)) !== roomOf(file))
      .map((specifier) => `${file} imports ${specifier}`),
  );
  expect(strays).toEqual([]);
});
