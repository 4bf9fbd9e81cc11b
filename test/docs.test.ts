import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { configTable } from '#app/config.ts';
import { COLUMNS, FILE_KINDS } from '#features/import/file-kinds.ts';
import { INDICATORS, isSyncable } from '#shared/status.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

it.each(PAGES)('every file that %s links to or names is there', (page) => {
  const text = readFileSync(page, 'utf8');
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((found) =>
    join(dirname(page), found[1] ?? ''),
  );
  const named = [...text.matchAll(/\b((?:src|test|carriers|db)\/[\w./-]+\.\w+)/g)].map(
    (found) => found[1] ?? '',
  );
  expect([...linked, ...named].filter((file) => !existsSync(file))).toEqual([]);
});

it.each(PAGES)('every script that %s names is one of the package', (page) => {
  const text = readFileSync(page, 'utf8');
  const named = [...text.matchAll(/npm run (?:-s )?([a-z][\w:]*)/g)].map((found) => found[1] ?? '');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

it('every claim of docs/security.md names the test that keeps it', () => {
  const tables = readFileSync('docs/security.md', 'utf8')
    .split('\n\n')
    .filter((part) => /^\|[^\n]*\| kept by \|\n/.test(part));
  const rows = tables.flatMap((table) => table.trim().split('\n').slice(2));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !/\| test\/[\w./-]+\.test\.ts[^|]*\|$/.test(row))).toEqual([]);
});

it('the settings are told as the program knows them', () => {
  expect(readFileSync('docs/settings.md', 'utf8')).toContain(configTable());
});

const rowsOf = (page: string, heading: string): string[][] =>
  (readFileSync(page, 'utf8').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()));

it('docs/data.md has each column that an import takes, and each indicator', () => {
  const told: Record<string, { required: string[]; optional: string[] }> = {};
  let file = '';
  const rows = rowsOf('docs/data.md', 'Columns');
  for (const [, kind = '', column = '', about = ''] of rows) {
    if (!column.startsWith('`')) continue;
    if (kind !== '') file = kind;
    const columns = (told[file] ??= { required: [], optional: [] });
    columns[about.startsWith('optional') ? 'optional' : 'required'].push(
      column.replaceAll('`', ''),
    );
  }
  const sorted = (columns: readonly string[]) => columns.toSorted();
  for (const kind of FILE_KINDS) {
    const { required, optional } = told[kind] ?? { required: [], optional: [] };
    expect([kind, sorted(required), sorted(optional)]).toEqual([
      kind,
      sorted(COLUMNS[kind].required),
      sorted(COLUMNS[kind].optional),
    ]);
  }
  const synced = rows.flatMap(([, name = '', , is = '']) =>
    /^`\w+`$/.test(name) ? [[name.replaceAll('`', ''), is.startsWith('yes')]] : [],
  );
  expect(Object.fromEntries(synced)).toEqual(
    Object.fromEntries(INDICATORS.map((name) => [name, isSyncable(name)])),
  );
});

it('the README is read in a few minutes', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(150);
});

const COMMANDS = [
  'src/cli/main.ts',
  'src/cli/carrier/commands.ts',
  'src/cli/offboard/command.ts',
].flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\.command|new Command)\('([\w-]+)'\)/g)].map(
    ([, name]) => name,
  ),
);

it.each(PAGES)('every command of swivel-sync that %s names is there', (page) => {
  const named = [
    ...readFileSync(page, 'utf8').matchAll(
      // A namespace of Kubernetes has the same name.
      /(?:npm run (?:-s )?sync --|(?<!-n )\bswivel-sync) (?:carrier )?([a-z][\w-]*)/g,
    ),
  ].map(([, name]) => name);
  expect(named.filter((name) => !COMMANDS.includes(name) && name !== 'carrier')).toEqual([]);
});

/** What `npm start --` takes. */
const STARTS = /^(bot|worker|--fresh)$/;

it.each(PAGES)('every way to start that %s names is one', (page) => {
  const named = [...readFileSync(page, 'utf8').matchAll(/npm start -- ([\w-]+)/g)];
  expect(named.map(([, word = '']) => word).filter((word) => !STARTS.test(word))).toEqual([]);
});

it('quotes and apostrophes of what we say are straight everywhere', () => {
  const files = ['slack', 'core', 'features', 'web', 'app', 'cli', 'simulator'].flatMap((room) =>
    readdirSync(join('src', room), { recursive: true, encoding: 'utf8' }).map((file) =>
      join('src', room, file),
    ),
  );
  // The portals speak as carriers do.
  const ours = files.filter(
    (file) => /\.(ts|tsx|eta|js)$/.test(file) && !file.startsWith('src/simulator/portals'),
  );
  const curly = ours.filter((file) => /[‘’“”]/.test(readFileSync(file, 'utf8')));
  expect(curly).toEqual([]);
});
