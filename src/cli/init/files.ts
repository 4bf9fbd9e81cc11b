import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readHeader, type CsvFile } from '#features/import/csv.ts';
import { columnsOf } from '#features/import/file-kinds.ts';
import type { ColumnMap } from '#features/import/columns.ts';
import { recognizeFile } from '#features/import/recognized.ts';
import { CommandError, type Terminal } from '../terminal.ts';

export const csvAt = (path: string): CsvFile => ({
  name: basename(path),
  open: () => createReadStream(path),
});

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** The files named on the command line, else asked for one by one; none is an answer too. */
export const chooseFiles = async (
  terminal: Terminal,
  given: readonly string[],
): Promise<string[]> => {
  const absent = given.find((path) => !isFile(path));
  if (absent !== undefined) throw new CommandError(`${absent}: there is no such file.`);
  if (given.length > 0 || !terminal.isThere) return [...given];
  terminal.print(
    'CSV files of your firm: people, contacts, sources (the logins), policies, statuses, words (optional). docs/data.md says what is in them.',
  );
  const files: string[] = [];
  for (;;) {
    const path = await terminal.ask(
      files.length === 0 ? 'A file; empty for later:' : 'Another; empty when that is all:',
    );
    if (path === '') return files;
    if (isFile(path)) files.push(path);
    else terminal.print(`${path}: there is no such file.`);
  }
};

/** Asks which column of the file is meant, by its number or its name. */
const askColumn = async (
  terminal: Terminal,
  file: string,
  wanted: string,
  header: readonly string[],
): Promise<string> => {
  terminal.print(`Which column of ${file} is the ${wanted}?`);
  header.forEach((name, index) => terminal.print(`  ${index + 1}  ${name}`));
  for (;;) {
    const answer = await terminal.ask('Its number or name:');
    const chosen = header[Number(answer) - 1] ?? header.find((name) => name === answer);
    if (chosen !== undefined) return chosen;
    terminal.print(`There is no "${answer}" in ${file}.`);
  }
};

/** Shows what each column is taken for, and asks for what is not clear. */
export const mapColumns = async (
  terminal: Terminal,
  paths: readonly string[],
): Promise<ColumnMap> => {
  const map: Record<string, string> = {};
  for (const path of paths) {
    const file = csvAt(path);
    const { columns: header } = await readHeader(file);
    for (;;) {
      const found = recognizeFile(file.name, header, map);
      if (found.kind !== undefined) {
        showMapping(terminal, file.name, found.kind, header, found.columns);
        break;
      }
      const { column, wrong, todo } = found;
      if (column === undefined || !terminal.isThere)
        throw new CommandError(
          `${file.name}: ${column === undefined ? '' : `${column}: `}${wrong}. ${todo}`,
        );
      map[column] = await askColumn(terminal, file.name, column, header);
    }
  }
  return map;
};

const showMapping = (
  terminal: Terminal,
  file: string,
  kind: Parameters<typeof columnsOf>[0],
  header: readonly string[],
  named: readonly string[],
): void => {
  const ours = columnsOf(kind);
  const used = ours.filter((column) => named.includes(column));
  terminal.print(`${file} has ${kind}: ${used.join(', ')}.`);
  for (const column of used) {
    const written = header[named.indexOf(column)] ?? '';
    if (written !== column) terminal.print(`  ${column.padEnd(14)} is your ${written}`);
  }
  const unused = header.filter((_, at) => !ours.includes(named[at] ?? ''));
  if (unused.length > 0) terminal.print(`  not used       ${unused.join(', ')}`);
};
