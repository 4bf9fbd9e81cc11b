import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/**
 * Who may import whom: the diagram of the house. A room is a folder of src; each folder of core and
 * of features is a room of its own. A room imports itself and what its row names. Every row may add
 * `shared`, the words that all use.
 */
const SHELLS = ['slack', 'database', 'queue', 'portal', 'web', 'threads'];
const CORE = {
  'core/policies': [],
  'core/logins': ['core/policies'],
  'core/sign-in': ['core/logins', 'core/policies'],
  // A card whose login is unlinked begins with a Link step, so a request knows the sign-in.
  'core/requests': ['core/sign-in', 'core/logins', 'core/policies'],
  'core/sessions': ['core/requests', 'core/sign-in', 'core/logins', 'core/policies'],
} satisfies Record<string, string[]>;
const ALL_CORE = Object.keys(CORE);

const mayOf = (room: string): readonly string[] => {
  // The tallies of the report are by the hour, as its migration made them.
  if (room === 'core/policies') return [...SHELLS, 'db'];
  if (room in CORE) return [...SHELLS, ...CORE[room as keyof typeof CORE]];
  if (room === 'features/notifications') return [...SHELLS, ...ALL_CORE];
  if (room.startsWith('features/')) return [...SHELLS, ...ALL_CORE, 'features/notifications'];
  switch (room) {
    case 'shared':
    case 'setup':
    case 'db':
      return [];
    case 'database':
      return ['db'];
    // It keeps what it has sent, and who is who, in tables of its own; what listens is handed the
    // other shells.
    case 'slack':
      return ['database', 'queue', 'portal', 'threads'];
    case 'portal':
      return ['threads'];
    case 'queue':
    case 'threads':
    case 'web':
      return [];
    case 'carriers':
      return ['contract'];
    default:
      return ['*'];
  }
};

/** Packages that one room alone sees. */
const OWNS: Record<string, readonly string[]> = {
  queue: ['bullmq', 'bullmq-otel', 'ioredis', '@bull-board/api', '@bull-board/express'],
  portal: ['playwright'],
  web: ['eta', 'helmet', 'express-rate-limit'],
  slack: ['@slack/bolt', '@slack/socket-mode', '@slack/web-api', 'chart.js', '@napi-rs/canvas'],
  app: [
    'prom-client',
    '@opentelemetry/api',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/core',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
    '@opentelemetry/exporter-trace-otlp-http',
  ],
  database: ['better-sqlite3', 'pg', '@hpke/core'],
  'features/webhooks': ['standardwebhooks'],
};

/** Files that may see a package of another room, by what they are. */
const SEES: readonly (readonly [where: RegExp, package_: string, why: string])[] = [
  [/^carriers\//, 'playwright', 'types alone: a page is handed in'],
  [/^src\/(core|features)\/.*(slack|clicks)\.ts$/, '@slack/bolt', 'listeners'],
  [/^src\/(core|features)\/.*(slack|draw)\.ts$/, '@slack/web-api', 'a client is handed in'],
  [/^src\/features\/import\/store\//, 'better-sqlite3', 'a rehearsal runs on a copy'],
];

/** Kysely is seen by the database, its migrations, and the stores of each room. */
const SEES_KYSELY = /^(db|src\/database)\/|\/store\.ts$|\/store\//;

const files = ['src', 'carriers', 'db'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(top, file)),
);

const roomOf = (file: string): string => {
  const [top, second, third, fourth] = file.split('/');
  if (top !== 'src') return top ?? '';
  if (third === undefined) return 'main';
  return (second === 'core' || second === 'features') && fourth !== undefined
    ? `${second}/${third}`
    : (second ?? '');
};

const IMPORT =
  /^\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm;

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );

const fileOf = (from: string, specifier: string): string | undefined => {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  if (/^#(carriers|db)\//.test(specifier)) return specifier.slice(1);
  return specifier.startsWith('#') ? `src/${specifier.slice(1)}` : undefined;
};

/** Every import between two rooms, as `file imports file`. */
const arrows = files.flatMap((file) =>
  importsOf(file).flatMap((specifier) => {
    const target = fileOf(file, specifier);
    if (target === undefined || roomOf(target) === roomOf(file)) return [];
    return [{ from: file, to: target, specifier }];
  }),
);

const isAllowed = ({ from, to }: { from: string; to: string }): boolean => {
  const may = mayOf(roomOf(from));
  const room =
    to === 'src/portal/contract.ts' && may.includes('contract') ? 'contract' : roomOf(to);
  return room === 'shared' ? roomOf(from) !== 'setup' : may.includes('*') || may.includes(room);
};

it('every room imports only the rooms its row of the table names', () => {
  const strays = arrows
    .filter((arrow) => !isAllowed(arrow))
    .map(({ from, to }) => `${from} -> ${to}`);
  expect(strays).toEqual([]);
});

it('a package that one room owns is imported by no other', () => {
  const owners = new Map(
    Object.entries(OWNS).flatMap(([room, names]) => names.map((name) => [name, room])),
  );
  const strays = files.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      const owner = owners.get(name);
      const isExcused =
        (name === 'kysely' && SEES_KYSELY.test(file)) ||
        SEES.some(([where, what]) => what === name && where.test(file));
      return owner === undefined || owner === roomOf(file) || isExcused
        ? []
        : [`${file} imports ${specifier}`];
    }),
  );
  expect(strays).toEqual([]);
});

it('Kysely is seen by the database and by stores alone', () => {
  const strays = files.filter(
    (file) => importsOf(file).includes('kysely') && !SEES_KYSELY.test(file),
  );
  expect(strays).toEqual([]);
});

it('no file imports itself in a circle, types included', () => {
  const known = new Set(files);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const specifier of importsOf(file)) {
      const target = fileOf(file, specifier);
      if (target !== undefined && known.has(target)) visit(target, [...path, file]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

it('relative imports stay inside one room', () => {
  const strays = arrows
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
  expect(strays).toEqual([]);
});

/** Imports that stand in the code when it runs: types are erased. */
const VALUE_IMPORT = /^\s*(?:import|export)\s+(?!type\b)(?:([^'"]*?)\sfrom\s+)?['"]([^'"]+)['"]/gm;

const runs = (names: string | undefined): boolean =>
  names === undefined ||
  !/^\{.*\}$/s.test(names.trim()) ||
  names
    .trim()
    .slice(1, -1)
    .split(',')
    .some((name) => name.trim() !== '' && !name.trim().startsWith('type '));

/** The packages that are loaded when this file is. */
const loadedBy = (entry: string): Set<string> => {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!/\.tsx?$/.test(file)) return;
    for (const [, names, specifier = ''] of readFileSync(file, 'utf8').matchAll(VALUE_IMPORT)) {
      if (!runs(names)) continue;
      const target = fileOf(file, specifier);
      if (target === undefined) packages.add(specifier);
      else visit(target);
    }
  };
  visit(entry);
  return packages;
};

it('the bot loads no browser, and the worker no Slack', () => {
  const bot = loadedBy('src/app/bot.ts');
  expect(bot).toContain('@slack/bolt');
  expect(bot).not.toContain('playwright');
  const worker = loadedBy('src/app/worker.ts');
  expect(worker).toContain('playwright');
  expect([...worker].filter((name) => name.startsWith('@slack/bolt'))).toEqual([]);
});

it('what traces is loaded where it is asked for alone', () => {
  for (const entry of ['src/main.ts', 'src/app/bot.ts', 'src/app/worker.ts', 'src/app/watch.ts'])
    expect(
      [...loadedBy(entry)].filter((name) => /^(@opentelemetry\/|bullmq-otel)/.test(name)),
    ).toEqual([]);
  expect(loadedBy('src/app/tracing.ts')).toContain('@opentelemetry/sdk-trace');
});

it('what would keep acks waiting is loaded by threads alone', () => {
  const LONG = ['chart.js', '@napi-rs/canvas', 'node-ical', 'unpdf'];
  const loaders = files.filter(
    (file) => file.startsWith('src/') && importsOf(file).some((name) => LONG.includes(name)),
  );
  expect(loaders.filter((file) => !file.endsWith('-thread.ts'))).toEqual([]);
  expect(loaders).toContain('src/slack/chart-thread.ts');
});

/** Each part of a login is written in one place: what depends on the order of writes is read there. */
const WRITTEN_IN: Record<string, string> = {
  login_link: 'src/core/logins/store/link.ts',
  login_lease: 'src/core/logins/store/lease.ts',
  login_consent: 'src/core/logins/store/consent.ts',
  login_hold: 'src/core/logins/store/hold.ts',
};

it.each(Object.entries(WRITTEN_IN))('%s is written by %s alone', (table, writer) => {
  const writes = new RegExp(
    String.raw`(?:updateTable|insertInto|deleteFrom)\('${table}\b|\b(?:update|insert into|delete from) ${table}\b`,
  );
  const writers = files.filter(
    (file) => file.startsWith('src/') && writes.test(readFileSync(file, 'utf8')),
  );
  expect(writers).toEqual([writer]);
});
