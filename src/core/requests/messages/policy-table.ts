import type { RawTextElement } from '@slack/types';
import { formatMoney } from '#shared/money.ts';
import type { ItemView } from '../view.ts';
import { cut } from '#slack/blocks.ts';
import { outcome } from './card.ts';
import { mainOf } from './values.ts';
import { soughtNumber, statusName, type Privacy } from './words.ts';

/** Without the marks and links of Slack's markup, which task cards and cells do not read. */
export const bare = (text: string): string =>
  text.replaceAll(/[*_`]/g, '').replaceAll(/<[^|>]*\|([^>]*)>/g, '$1');

/** What became of one policy, in a few words. */
export const shortOutcome = (item: ItemView, privacy: Privacy): string =>
  bare(outcome(item, privacy));

const cell = (text: string): RawTextElement => ({
  type: 'raw_text',
  text: text === '' ? '–' : text,
});

/** One value stands for a policy where there is one line for it. */
const mainValue = (item: ItemView, privacy: Privacy): string => {
  const main = mainOf(item.detail.values ?? []);
  if (main === undefined || privacy === 'masked') return '';
  return formatMoney(main.amount);
};

export interface TableKind {
  /** One contact is named above the table, several in a column. */
  whose: 'one contact' | 'any';
  privacy: Privacy;
  /** Rows beneath the headings. */
  most: number;
  /** Slack's limit for all cells of it together. */
  characters: number;
}

/** Characters for names and for the result, from comfortable to what a hundred rows leave. */
const WIDTHS = [
  { name: 40, result: 160 },
  { name: 40, result: 70 },
  { name: 30, result: 40 },
  { name: 20, result: 24 },
  { name: 14, result: 12 },
] as const;

type Width = (typeof WIDTHS)[number];

const rowOf = (item: ItemView, { whose, privacy }: TableKind, width: Width): RawTextElement[] => [
  cell(cut(soughtNumber(item, privacy), width.name)),
  ...(whose === 'any' ? [cell(cut(item.policy.contactName, width.name))] : []),
  cell(cut(item.policy.carrierName, width.name)),
  cell(`${statusName(item).emoji} ${statusName(item).name}`),
  cell(mainValue(item, privacy)),
  cell(cut(shortOutcome(item, privacy), width.result)),
];

const charactersOf = (rows: readonly RawTextElement[][]): number =>
  rows.flat().reduce((sum, { text }) => sum + text.length, 0);

/** The rows of a table of policies, as wide as Slack's limit lets them all be. */
export const tableRows = (items: readonly ItemView[], kind: TableKind): RawTextElement[][] => {
  const columns = ['Policy', 'Contact', 'Carrier', 'Status', 'Value', 'Result'];
  const head = columns.filter((name) => kind.whose === 'any' || name !== 'Contact').map(cell);
  const shown = items.slice(0, kind.most);
  const drawn = WIDTHS.map((width) => [head, ...shown.map((item) => rowOf(item, kind, width))]);
  const fitting = drawn.find((rows) => charactersOf(rows) <= kind.characters);
  if (fitting !== undefined) return fitting;
  const narrow = drawn.at(-1) ?? [head];
  while (charactersOf(narrow) > kind.characters) narrow.pop();
  return narrow;
};
