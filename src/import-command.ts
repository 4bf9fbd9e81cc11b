import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FILE_KINDS } from '#domain/import-file.ts';
import { describeProblem } from '#domain/import-problem.ts';
import { openDatabase } from '#store/database.ts';
import { createImportStore } from '#store/import.ts';
import { importFirm } from '#sync/import.ts';
import type { FileCount } from '#sync/import-store.ts';
import { loadCarriers } from '#worker/carriers.ts';
import type { Config } from './config.ts';

const OWN_CARRIERS = join(import.meta.dirname, '../carriers');

/** Demo carriers exist for the local workspace only. */
export const configuredCarriers = (
  config: Pick<Config, 'carriersPath' | 'carrierAddresses' | 'mode'>,
  log?: (line: { carrier: string; folder: string; sha256: string }) => void,
) =>
  loadCarriers({
    folders: [OWN_CARRIERS, ...(config.carriersPath === undefined ? [] : [config.carriersPath])],
    ...(config.carrierAddresses === undefined ? {} : { addresses: config.carrierAddresses }),
    allowDemo: config.mode.kind === 'local',
    ...(log === undefined ? {} : { log }),
  });

const line = (count: FileCount): string =>
  [
    count.file.padEnd(20),
    `${count.added} added`,
    `${count.changed} changed`,
    `${count.unchanged} unchanged`,
    `${count.refused} refused`,
  ].join('  ');

const verdict = (counts: readonly FileCount[]): string => {
  const sum = (what: 'added' | 'changed' | 'refused'): number =>
    counts.reduce((total, count) => total + count[what], 0);
  const refused = sum('refused');
  if (refused > 0)
    return `${refused} ${refused === 1 ? 'line was' : 'lines were'} refused, as said above; the others are in.`;
  return sum('added') + sum('changed') === 0
    ? 'Nothing changed: all of this was here already.'
    : 'All lines are in.';
};

/** Imports the files and prints what became of each line that was refused; answers the exit code. */
export const runImport = async (
  { config, print }: { config: Config; print: (line: string) => void },
  paths: readonly string[],
): Promise<0 | 1> => {
  const absent = paths.filter((path) => !statSync(path, { throwIfNoEntry: false })?.isFile());
  for (const path of absent) print(`${path}: there is no such file. Nothing was imported.`);
  if (absent.length > 0) return 1;
  mkdirSync(dirname(config.databaseFile), { recursive: true });
  const db = await openDatabase(config.databaseFile);
  try {
    const carriers = await configuredCarriers(config);
    const counts = await importFirm(
      { store: createImportStore(db, { now: Date.now }), carriers },
      paths.map((path) => ({ name: basename(path), open: () => createReadStream(path) })),
      (problem) => print(describeProblem(problem)),
    );
    counts.sort((a, b) => order(a) - order(b));
    for (const count of counts) print(line(count));
    print(`${verdict(counts)} Database: ${config.databaseFile}`);
    return counts.some(({ refused }) => refused > 0) ? 1 : 0;
  } finally {
    await db.destroy();
  }
};

const order = ({ kind }: FileCount): number => (kind === undefined ? -1 : FILE_KINDS.indexOf(kind));
