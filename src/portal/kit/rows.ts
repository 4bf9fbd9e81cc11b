import { isDeepStrictEqual } from 'node:util';
import type { CheerioAPI } from 'cheerio';
import { columnsAmong, describedHeading, type Columns, type Row } from './headings.ts';
import { scopeOf, shownElements, shownText, type Element } from './shown.ts';
import { PortalChanged } from '../failure.ts';

export interface RowsOptions<K extends string, O extends string> extends Columns<K, O> {
  /** CSS of the one part of the page to look in, where several tables may have these columns. */
  within?: string;
  /** Several tables have these columns, and the rows of all are wanted. */
  every?: true;
  /**
   * The portal's words for "there are none", in one sentence of it; or that the headings alone say so.
   * Without either, a table without rows is not understood.
   */
  empty?: RegExp | 'headings';
  /** Rows that are none: totals, remarks. */
  notes?: RegExp;
  /** Given each row that is not whole, from 1; without it such a row throws. */
  onUnreadable?: (row: number, why: string) => void;
}

const TABLE = 'table, [role=table], [role=grid], [role=treegrid]';
const ROW = 'tr, [role=row]';
const CELL = 'td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]';
const MOST_SPAN = 200;

interface Cell {
  element: Element;
  text: string;
}

/**
 * Rows of the table with these columns, wherever they stand among others; tables of ARIA roles too.
 * Throws PortalChanged when no table has them, or several tables that say different things.
 */
export const rows = <K extends string, O extends string = never>(
  $: CheerioAPI,
  options: RowsOptions<K, O>,
): Row<K, O>[] => {
  const scope = scopeOf($, options.within);
  const tables = shownElements($, TABLE, scope);
  if (scope && $(scope).is(TABLE)) tables.unshift(scope);
  const found = tables.map((table) => headerOf(gridOf($, table), options));
  const fits = found.filter((header) => header.kind === 'found');
  const double = found.find((header) => header.kind === 'double');
  if (fits.length === 0 && double)
    throw new PortalChanged(`${double.heading} heads several columns of a table`);
  const read = fits.map((header) => rowsOf(header, options));
  const all = read.flat();
  if (all.length === 0) return none($, scope, options, fits.length > 0);
  if (options.every) return all;
  const [first = []] = read;
  if (!read.every((other) => isDeepStrictEqual(other, first)))
    throw new PortalChanged(`${fits.length} tables have the columns that are looked for`);
  return first;
};

const none = (
  $: CheerioAPI,
  scope: Element | undefined,
  { empty, columns }: RowsOptions<string, string>,
  isThere: boolean,
): [] => {
  if (empty === 'headings' ? isThere : empty && saysInASentence($, scope, empty)) return [];
  const names = Object.values(columns).map(describedHeading).join(', ');
  throw new PortalChanged(`${isThere ? 'No row is below' : 'No table has'} the columns ${names}`);
};

/** Longer is no sentence of a portal but a part of its page, where words stand for other things. */
const MOST_SENTENCE = 160;

const saysInASentence = ($: CheerioAPI, scope: Element | undefined, words: RegExp): boolean =>
  shownElements($, 'body, body *', undefined)
    .filter((element) => !scope || element === scope || $(element).closest(scope).length > 0)
    .map((element) => shownText(element))
    .some((text) => text.length <= MOST_SENTENCE && words.test(text));

/** Cells where they stand: one that spans several places is in each of them. */
const gridOf = ($: CheerioAPI, table: Element): Cell[][] => {
  const own = (css: string, of: Element, closest: string): Element[] =>
    shownElements($, css, of).filter((each) => $(each).parent().closest(closest)[0] === of);
  const below = new Map<number, { cell: Cell; left: number }>();
  return own(ROW, table, TABLE)
    .filter((row) => $(row).closest('tfoot').length === 0)
    .map((row) => {
      const line: Cell[] = [];
      const fromAbove = (): void => {
        for (let above = below.get(line.length); above; above = below.get(line.length)) {
          if (above.left === 1) below.delete(line.length);
          else above.left -= 1;
          line.push(above.cell);
        }
      };
      for (const element of own(CELL, row, ROW)) {
        fromAbove();
        const cell = { element, text: shownText(element) };
        const deep = span(element, 'rowspan');
        for (let wide = span(element, 'colspan'); wide > 0; wide -= 1) {
          if (deep > 1) below.set(line.length, { cell, left: deep - 1 });
          line.push(cell);
        }
      }
      fromAbove();
      return line;
    });
};

const span = ({ attribs }: Element, name: 'rowspan' | 'colspan'): number => {
  const given = Number(attribs[name] ?? attribs[`aria-${name}`] ?? 1);
  return Number.isInteger(given) ? Math.min(Math.max(given, 1), MOST_SPAN) : 1;
};

type Header =
  | {
      kind: 'found';
      header: readonly Cell[];
      places: Record<string, readonly number[]>;
      below: readonly Cell[][];
    }
  | { kind: 'double'; heading: string }
  | { kind: 'not-here' };

const headerOf = (grid: readonly Cell[][], columns: Columns<string, string>): Header => {
  let double: Header | undefined;
  for (const [index, header] of grid.entries()) {
    const sameCell = (a: number, b: number): boolean => header[a] === header[b];
    const texts = header.map((cell) => cell.text);
    const found = columnsAmong(columns, texts, sameCell);
    if (found.kind === 'found') return { ...found, header, below: grid.slice(index + 1) };
    if (found.kind === 'double') double ??= found;
  }
  return double ?? { kind: 'not-here' };
};

const rowsOf = <K extends string, O extends string>(
  { header, places, below }: Extract<Header, { kind: 'found' }>,
  { notes, onUnreadable }: RowsOptions<K, O>,
): Row<K, O>[] => {
  const read: Row<K, O>[] = [];
  const headers = header.map((cell) => cell.text).join('\0');
  let row = 0;
  for (const line of below) {
    const distinct = [...new Set(line)];
    const texts = distinct.map((cell) => cell.text);
    // A heading between rows is one cell across the whole table.
    const isHeading = distinct.length === 1 && line.length >= header.length;
    const isAgain = line.map((cell) => cell.text).join('\0') === headers;
    if (texts.every((text) => text === '') || (isHeading && header.length > 1) || isAgain) continue;
    if (notes?.test(texts.join(' '))) continue;
    row += 1;
    const cells = Object.entries(places).map(([key, at]): [string, Set<Cell>] => [
      key,
      new Set(at.flatMap((place) => line[place] ?? [])),
    ]);
    const taken = cells.flatMap(([, each]) => [...each]);
    if (line.length === header.length && new Set(taken).size === taken.length) {
      const entries = cells.map(([key, each]) => [
        key,
        [...each]
          .map((cell) => cell.text)
          .join(' ')
          .trim(),
      ]);
      read.push(Object.fromEntries(entries) as Row<K, O>);
      continue;
    }
    const why = `Row ${row} of a table has ${line.length} cells under ${header.length} headers`;
    if (!onUnreadable) throw new PortalChanged(why);
    onUnreadable(row, why);
  }
  return read;
};
