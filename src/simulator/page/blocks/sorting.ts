import type { DataTableBlock } from '@slack/types';

export type Cell = DataTableBlock['rows'][number][number];

export interface Order {
  column: number;
  descending: boolean;
}

/** All words inside a rich text, in reading order. */
const wordsOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(wordsOf).join(' ');
  if (typeof value !== 'object' || value === null) return '';
  const { text, elements } = value as { text?: unknown; elements?: unknown };
  return typeof text === 'string' ? text : wordsOf(elements);
};

const textOf = (cell: Cell | undefined): string => {
  if (!cell) return '';
  return cell.type === 'rich_text' ? wordsOf(cell.elements) : cell.text;
};

const AMOUNT = /^[+−-]?\s?\$?[\d,]+(?:\.\d+)?\s?%?$/;

/** `$1,250.00`, `−3 %` or a number cell; undefined for words. */
const numberOf = (cell: Cell | undefined): number | undefined => {
  if (cell?.type === 'raw_number') return cell.value;
  const text = textOf(cell).trim();
  // A policy number is text: its leading zeros count.
  if (!AMOUNT.test(text) || /^0\d/.test(text)) return undefined;
  return Number(text.replace('−', '-').replaceAll(/[$,%\s]/g, ''));
};

const compare = (one: Cell | undefined, other: Cell | undefined): number => {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== undefined && b !== undefined) return a - b;
  return textOf(one).localeCompare(textOf(other), undefined, { numeric: true });
};

/** Rows with their place in the block, which stays their key through every order. */
export const sortRows = (
  rows: Cell[][],
  order: Order | undefined,
): { row: Cell[]; index: number }[] => {
  const placed = rows.map((row, index) => ({ row, index }));
  if (!order) return placed;
  const sign = order.descending ? -1 : 1;
  return placed.sort((a, b) => sign * compare(a.row[order.column], b.row[order.column]));
};
