import { parse } from 'csv-parse/sync';
import { columnsAmong, fold, type Columns, type Row } from './headings.ts';
import { PortalChanged } from '../failure.ts';

const DELIMITERS = [',', ';', '\t', '|'];

export interface CsvOptions<K extends string, O extends string> extends Columns<K, O> {
  /** Lines that are no rows: totals, marks of the end. Every other line must have a cell a header. */
  notes?: RegExp;
  /** Given each row that is not whole, from 1; without it such a row throws. */
  onUnreadable?: (row: number, why: string) => void;
}

/**
 * Rows of a CSV file by the columns asked for, in any order and among others. Finds the delimiter,
 * and the headers below a preamble. Throws PortalChanged when the columns are not there, or not once.
 */
export const csv = <K extends string, O extends string = never>(
  text: string,
  options: CsvOptions<K, O>,
): Row<K, O>[] => {
  for (const delimiter of DELIMITERS) {
    const lines = linesOf(text, delimiter);
    for (const [place, header] of (lines ?? []).entries()) {
      const found = columnsAmong(options, header);
      if (found.kind === 'double')
        throw new PortalChanged(`${found.heading} heads several columns of the file`);
      if (found.kind === 'found' && lines)
        return rowsBelow(lines.slice(place + 1), header, found.places, options);
    }
  }
  throw new PortalChanged('The file has no line with the headers that are looked for');
};

/** Undefined when it cannot be a file with this delimiter. */
const linesOf = (text: string, delimiter: string): string[][] | undefined => {
  try {
    return parse(text, {
      delimiter,
      bom: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    return undefined;
  }
};

const withoutEmptyEnd = (cells: readonly string[], length: number): readonly string[] =>
  cells.length > length && cells.slice(length).every((cell) => cell === '')
    ? cells.slice(0, length)
    : cells;

const rowsBelow = <K extends string, O extends string>(
  lines: readonly string[][],
  header: readonly string[],
  places: Record<string, readonly number[]>,
  { notes, onUnreadable }: CsvOptions<K, O>,
): Row<K, O>[] => {
  const rows: Row<K, O>[] = [];
  let row = 0;
  for (const line of lines) {
    if (line.every((cell) => cell === '') || notes?.test(fold(line.join(' ')))) continue;
    // Some files repeat the headers on each page that they were printed for.
    if (line.join('\0') === header.join('\0')) continue;
    row += 1;
    const cells = withoutEmptyEnd(line, header.length);
    if (cells.length === header.length) {
      const entries = Object.entries(places).map(([key, [at = -1]]) => [
        key,
        fold(cells[at] ?? ''),
      ]);
      rows.push(Object.fromEntries(entries) as Row<K, O>);
      continue;
    }
    const why = `Row ${row} of the file has ${cells.length} cells under ${header.length} headers`;
    if (!onUnreadable) throw new PortalChanged(why);
    onUnreadable(row, why);
  }
  return rows;
};
