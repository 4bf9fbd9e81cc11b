import { createReadStream, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { strangersOf, type ColumnMap } from '#features/import/columns.ts';
import { FILE_KINDS } from '#features/import/file-kinds.ts';
import { describeProblem } from '#features/import/problem.ts';
import { nameOf, openAt } from '#database/place.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { openRehearsal } from '#features/import/store/rehearsal.ts';
import { importFirm } from '#features/import/import.ts';
import type { FileCount } from '#features/import/saving.ts';
import { configuredCarriers } from '#app/carriers.ts';
import { ConfigError, type Config } from '#app/config.ts';
import { showProgress } from './progress.ts';
import { timeOf } from './with-firm.ts';

export interface ImportOptions {
  /** Tries it on a copy of the database and says what would change. */
  dryRun?: boolean;
  /** The files' word stands against what people changed in Slack. */
  crmWins?: boolean;
  columns?: ColumnMap;
  /** Of `init --local`, whose database nobody starts. */
  isTrial?: boolean;
}

const MapFile = z.record(
  z.string(),
  z.union([z.string(), z.record(z.string(), z.string()).meta({ id: 'columns' })]),
);

const yamlOf = (text: string): unknown => {
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
};

/**
 * `number=Policy #` from the command line, and a file of the same as YAML or JSON, flat or by kind of
 * file. Throws ConfigError with what is wrong.
 */
export const readColumnMap = (pairs: readonly string[], file?: string): ColumnMap => {
  const map: Record<string, string> = {};
  if (file !== undefined) {
    const read = MapFile.safeParse(yamlOf(readFileSync(file, 'utf8')));
    if (!read.success)
      throw new ConfigError(
        `${basename(file)} is not a map of columns. Example: {"policies": {"number": "Policy #"}}`,
      );
    for (const [name, value] of Object.entries(read.data))
      if (typeof value === 'string') map[name] = value;
      else for (const [column, own] of Object.entries(value)) map[`${name}.${column}`] = own;
  }
  for (const pair of pairs) {
    const [, column, own] = /^([\w.]+)=(.+)$/s.exec(pair) ?? [];
    if (column === undefined || own === undefined)
      throw new ConfigError(
        `--column ${pair} is not understood. Example: --column number="Policy #"`,
      );
    map[column] = own;
  }
  const [stranger] = strangersOf(map);
  if (stranger !== undefined)
    throw new ConfigError(
      `There is no column "${stranger}" to map to. Example: --column policies.number="Policy #"`,
    );
  return map;
};

const line = (count: FileCount): string =>
  [
    count.file.padEnd(20),
    `${count.added} added`,
    `${count.changed} changed`,
    `${count.unchanged} unchanged`,
    `${count.refused} refused`,
    ...(count.kept > 0 ? [`${count.kept} with a newer change made in Slack, which stands`] : []),
  ].join('  ');

const verdict = (counts: readonly FileCount[], dryRun: boolean): string => {
  const sum = (what: 'added' | 'changed' | 'refused'): number =>
    counts.reduce((total, count) => total + count[what], 0);
  const refused = sum('refused');
  const all = counts.reduce(
    (total, { unchanged }) => total + unchanged,
    refused + sum('added') + sum('changed'),
  );
  const others =
    all === refused ? `there is no other` : dryRun ? 'the others would go in' : 'the others are in';
  const said =
    refused > 0
      ? `${refused} ${refused === 1 ? 'line was' : 'lines were'} refused, as said above; ${others}.`
      : sum('added') + sum('changed') === 0
        ? `Nothing ${dryRun ? 'would change' : 'changed'}: all of this was here already.`
        : dryRun
          ? 'All lines would go in.'
          : 'All lines are in.';
  return dryRun ? `${said} This was a dry run: nothing was written.` : said;
};

/** Fewer bytes are read in no time. */
const WORTH_A_BAR = 1_000_000;

/** Imports the files and prints what became of each line that was refused; answers the exit code. */
export const runImport = async (
  { config, print }: { config: Config; print: (line: string) => void },
  paths: readonly string[],
  { dryRun = false, crmWins = false, columns = {}, isTrial = false }: ImportOptions = {},
): Promise<0 | 1> => {
  const absent = paths.filter((path) => !statSync(path, { throwIfNoEntry: false })?.isFile());
  for (const path of absent) print(`${path}: there is no such file. Nothing was imported.`);
  if (absent.length > 0) return 1;
  const carriers = await configuredCarriers(config);
  await using stack = new AsyncDisposableStack();
  if (!dryRun) {
    makePrivateFolder(config.dataFolder);
    mkdirSync(dirname(config.databaseFile), { recursive: true, mode: 0o700 });
  }
  const db = dryRun
    ? stack.use(await openRehearsal(config)).db
    : stack.adopt(await openAt(config), (opened) => opened.destroy());
  const time = stack.use(await timeOf(config, db));
  const total = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const progress = showProgress({ what: 'importing', total, worth: WORTH_A_BAR });
  let read = 0;
  const told: string[] = [];
  let counts: FileCount[];
  try {
    counts = await importFirm(
      {
        store: createImportStore(db, { now: time.clock, crmWins }),
        carriers,
        columns,
        read: (bytes) => progress.to((read += bytes)),
      },
      paths.map((path) => ({ name: basename(path), open: () => createReadStream(path) })),
      (problem) => told.push(describeProblem(problem)),
    );
  } finally {
    // The bar goes before the lines come: both would share the screen.
    progress[Symbol.dispose]();
    for (const problem of told) print(problem);
  }
  counts.sort((a, b) => order(a) - order(b));
  for (const count of counts) print(line(count));
  print(verdict(counts, dryRun));
  print(`Database: ${nameOf(config)}`);
  if (config.mode.kind === 'local' && !isTrial)
    print(
      'That is the database of the local workspace. For the one of your firm, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN and run this again.',
    );
  return counts.some(({ refused }) => refused > 0) ? 1 : 0;
};

const order = ({ kind }: FileCount): number => (kind === undefined ? -1 : FILE_KINDS.indexOf(kind));
