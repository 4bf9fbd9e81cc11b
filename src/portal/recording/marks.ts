import type * as cheerio from 'cheerio';
import { parse } from '../kit/parse.ts';
import { fold } from '../kit/headings.ts';
import { isElement, shownElements, shownText, type Element } from '../kit/shown.ts';

/** A text of a captured screen, and where it stands. */
export interface Mark {
  text: string;
  /** What a page or a file uses it for; `text` is any other, a value among them. */
  kind: 'term' | 'header' | 'field' | 'button' | 'link' | 'heading' | 'key' | 'cell' | 'text';
  /** What stands beside it, or below a header: as it is, and its form alone. */
  beside: string;
  /** The heading, table or object that it stands under. */
  under: string;
}

const MONEY =
  /^[-−(]?\s*(?:[$€£]|[A-Z]{3})?\s*[-−(]?\d[\d.,' ]*[.,]\d{2}\)?(?:\s*(?:[€£]|[A-Z]{3}))?-?$/;
const DAY =
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$|^[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}$|^\d{1,2}[ -][A-Z][a-z]{2,8}[ -]\d{4}$/;

/** The form of a text: an amount, a day, a number, words, or nothing. */
export const formOf = (text: string): string => {
  if (text === '') return 'nothing';
  if (DAY.test(text)) return 'day';
  if (MONEY.test(text)) return 'amount';
  return /\d/.test(text) ? 'number' : 'words';
};

const LABEL =
  'dt, [role=term], th, [role=columnheader], [role=rowheader], label, button, input, [role=button], a[href], h1, h2, h3, h4, h5, h6, caption, legend, summary';

const kindOf = ({ name, attribs }: Element): Mark['kind'] => {
  const { role, type = 'text' } = attribs;
  if (name === 'dt' || role === 'term') return 'term';
  if (name === 'th' || role === 'columnheader' || role === 'rowheader') return 'header';
  if (name === 'button' || role === 'button') return 'button';
  if (name === 'input') return /^(submit|button)$/.test(type) ? 'button' : 'field';
  if (name === 'label') return 'field';
  if (name === 'a' && 'href' in attribs) return 'link';
  return /^(h\d|caption|legend|summary)$/.test(name) ? 'heading' : 'text';
};

/** Fields and buttons are read by what people see of them, which is no text of the page. */
const textOf = ($: cheerio.CheerioAPI, element: Element): string => {
  const { name, attribs } = element;
  if (name === 'input') {
    if (/^(hidden|password)$/.test(attribs['type'] ?? '')) return '';
    const isButton = kindOf(element) === 'button';
    return fold((isButton ? attribs['value'] : attribs['placeholder']) ?? '');
  }
  if (name === 'button' || attribs['role'] === 'button') return fold($(element).text());
  return attribs['aria-label'] === undefined ? shownText(element) : fold(attribs['aria-label']);
};

const cellsOf = ($: cheerio.CheerioAPI, row: Element): Element[] =>
  $(row).children('th, td, [role=cell], [role=columnheader], [role=rowheader]').toArray();

/** In a row of headers the cell below; else the next one. */
const besideInTable = ($: cheerio.CheerioAPI, cell: Element): string => {
  const row = $(cell).closest('tr, [role=row]');
  const [element] = row.toArray().filter(isElement);
  if (element === undefined) return '';
  const cells = cellsOf($, element);
  const place = cells.indexOf(cell);
  const isHeaders = cells.length > 1 && cells.every((each) => kindOf(each) === 'header');
  const other = isHeaders ? belowOf($, element)[place] : cells[place + 1];
  return other === undefined ? '' : shownText(other);
};

const belowOf = ($: cheerio.CheerioAPI, row: Element): Element[] => {
  const rows = $(row).closest('table, [role=table], [role=grid]').find('tr, [role=row]').toArray();
  const next = rows[rows.indexOf(row) + 1];
  return next === undefined ? [] : cellsOf($, next);
};

/** Texts of a page in its order: labels of every kind, and each text that no other element divides. */
export const pageMarks = (html: string): Mark[] => {
  const $ = parse(html);
  const marks: Mark[] = [];
  let under = '';
  for (const element of shownElements($, 'body *', undefined)) {
    const isLabel = $(element).is(LABEL);
    const isLeaf = element.children.every((child) => !isElement(child));
    if (!isLabel && (!isLeaf || $(element).parents(LABEL).length > 0)) continue;
    const text = textOf($, element);
    if (text === '' || text.length > 200) continue;
    const inTable = $(element).closest('td, th, [role=cell], [role=columnheader]').toArray();
    const [cell] = inTable.filter(isElement);
    const isFirstOfTwo =
      cell !== undefined &&
      $(cell).parent().children('th, td').length === 2 &&
      $(cell).index() === 0;
    const kind = kindOf(element);
    const told = kind === 'text' ? /^([^:]{2,60}): ?(.+)$/.exec(text) : null;
    if (told) {
      const [, label = '', value = ''] = told;
      marks.push({ text: label, kind: 'term', beside: value, under });
      continue;
    }
    if (kind === 'heading') under = text;
    const beside = cell === undefined ? '' : besideInTable($, cell);
    marks.push({ text, kind: kind === 'text' && isFirstOfTwo ? 'term' : kind, beside, under });
  }
  // What no table tells stands beside is what comes next.
  return marks.map((mark, place) => {
    const next = marks[place + 1];
    const isAlone = mark.beside === '' && /^(term|text|header)$/.test(mark.kind);
    return isAlone && next?.kind === 'text' ? { ...mark, beside: next.text } : mark;
  });
};

/** Keys of an answer, in its order; of a list those of its first entry. */
export const jsonMarks = (value: unknown, under = ''): Mark[] => {
  if (Array.isArray(value)) return jsonMarks(value[0], `${under}[]`);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): Mark[] => [
    {
      text: key,
      kind: 'key',
      beside: typeof inner === 'object' ? '' : String(inner),
      under,
    },
    ...jsonMarks(inner, under === '' ? key : `${under}.${key}`),
  ]);
};

/** Cells of a file's lines: headings of columns have the cell below beside them. */
export const textMarks = (text: string): Mark[] => {
  const lines = text.split(/\r?\n/).map((line) =>
    line
      .split(/\t|,(?=(?:[^"]*"[^"]*")*[^"]*$)|;/)
      .flatMap((cell) => cell.split(/(?<=^[^:]{2,60}):\s+/))
      .map((cell) => fold(cell.replaceAll('"', ''))),
  );
  return lines.flatMap((cells, line) =>
    cells.flatMap((cell, place): Mark[] => {
      const below = lines[line + 1] ?? [];
      const isHeader =
        cells.length > 3 &&
        below.length === cells.length &&
        cells.every((each) => /^(words|nothing)$/.test(formOf(each)));
      const beside = (isHeader ? below[place] : cells[place + 1]) ?? '';
      const kind = isHeader ? 'header' : 'cell';
      return cell === '' ? [] : [{ text: cell, kind, beside, under: '' }];
    }),
  );
};
