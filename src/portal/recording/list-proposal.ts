import type * as cheerio from 'cheerio';
import { parse } from '../kit/parse.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { cellsIn, formatOf, MONEY, sentencesOf, showsNoDay } from './proposal.ts';

/** How a list of policies seems to be laid out, by the headings of its columns. */
export interface ListProposal {
  number: string;
  status: string;
  product?: string;
  /** A column for each value, headed by its name; or a row for each, which names it in a column. */
  values: { each: 'column'; amounts: string[] } | { each: 'row'; name: string; amount: string };
  asOf?: string;
  dates?: string;
  undated?: true;
  /** The sentence that says how many there are: what stands between its numbers, and what these mean. */
  count?: { parts: string[]; meaning: ('first' | 'last' | 'total' | undefined)[] };
  /** Texts that the list has, and the screen before it has not. */
  landmarks: string[];
}

interface Grid {
  head: string[];
  rows: string[][];
}

const gridsOf = ($: cheerio.CheerioAPI): Grid[] =>
  $('table')
    .toArray()
    .flatMap((table) => {
      const [head, ...rows] = cellsIn($, table).filter((cells) => cells.length > 2);
      return head === undefined || rows.length === 0 ? [] : [{ head, rows }];
    });

const isAmount = (text: string): boolean => MONEY.test(text);
const isDay = (text: string): boolean => formatOf(text) !== undefined;
const isNumber = (text: string): boolean =>
  /\d/.test(text) && !isAmount(text) && !isDay(text) && !/\p{Ll}{3}/u.test(text);

/** Headings of the columns where something is so, and nothing is otherwise but what is left open. */
const columnsOf = ({ head, rows }: Grid, test: (text: string) => boolean): string[] =>
  head.filter((title, place) => {
    const cells = rows.map((row) => row[place] ?? '');
    return (
      title !== '' && cells.some(test) && cells.every((text) => test(text) || !/\d/.test(text))
    );
  });

const cellsOf = ({ head, rows }: Grid, title: string): string[] =>
  rows.map((row) => row[head.indexOf(title)] ?? '');

/** The sentence whose one number may be how many there are in all. */
const countOf = (sentences: readonly string[], shown: number): ListProposal['count'] => {
  for (const sentence of sentences) {
    const said =
      /\bof (\d[\d,]*)\b|\b(\d[\d,]*) (?:policies|contracts|accounts|certificates|records|results|rows)\b/i.exec(
        sentence,
      );
    const text = said?.[1] ?? said?.[2];
    if (text === undefined || Number(text.replaceAll(',', '')) < shown) continue;
    const numbers: string[] = sentence.match(/\d[\d,]*/g) ?? [];
    const place = numbers.lastIndexOf(text);
    const meaning: NonNullable<ListProposal['count']>['meaning'] = numbers.map((_, index) =>
      index === place ? 'total' : undefined,
    );
    // "1 to 25": of as many as are shown, the first and the last.
    const [first = 0, last = 0] = numbers.map((each) => Number(each.replaceAll(',', '')));
    if (place === 2 && last - first + 1 === shown) [meaning[0], meaning[1]] = ['first', 'last'];
    return { parts: sentence.split(/\d[\d,]*/), meaning };
  }
  return undefined;
};

/** Reads the first screen of a list by what most have in common. Undefined where no table is one. */
export const proposeList = (seen: {
  screen: string;
  before?: string;
  number: string;
  /** Epoch ms. */
  now: number;
}): ListProposal | undefined => {
  const wanted = normalizeNumber(seen.number);
  for (const grid of gridsOf(parse(seen.screen))) {
    const numbered = columnsOf(grid, isNumber);
    const number =
      numbered.find((title) =>
        cellsOf(grid, title).some((text) => normalizeNumber(text) === wanted),
      ) ?? numbered.find((title) => /polic|contract|account|certificate|number|no\./i.test(title));
    const status = grid.head.find((title) => /status|standing/i.test(title));
    const amounts = columnsOf(grid, isAmount);
    if (number === undefined || status === undefined || amounts.length === 0) continue;
    const product = grid.head.find((title) => /^(product|plan)( name)?$/i.test(title));
    const [asOf] = columnsOf(grid, isDay);
    const day = asOf && cellsOf(grid, asOf).find(isDay);
    const dates = day && formatOf(day);
    const policies = new Set(cellsOf(grid, number)).size;
    const [amount = ''] = amounts;
    const name = grid.head.find(
      (title) => /value|type|kind|description/i.test(title) && title !== asOf && title !== amount,
    );
    const isByRow = policies < grid.rows.length && amounts.length === 1 && name !== undefined;
    const sentences = sentencesOf(seen.screen);
    const count = countOf(sentences, policies);
    const known = new Set(seen.before === undefined ? [] : sentencesOf(seen.before));
    const isSentence = (text: string): boolean => text.length < 60 && !/\d/.test(text);
    return {
      number,
      status,
      ...(product !== undefined && { product }),
      values: isByRow ? { each: 'row', name, amount } : { each: 'column', amounts },
      ...(asOf !== undefined && { asOf }),
      ...(dates !== undefined && { dates }),
      ...(dates === undefined &&
        showsNoDay(seen.screen, seen.number, seen.now) && { undated: true }),
      ...(count && { count }),
      landmarks: [number, status, ...amounts, ...sentences.filter(isSentence)].filter(
        (text) => !known.has(text),
      ),
    };
  }
  return undefined;
};

/** What code would look for, which names nobody where a recording keeps it. */
export const textsOfList = ({ number, status, product, values, asOf, count }: ListProposal) =>
  [
    number,
    status,
    product,
    asOf,
    ...(values.each === 'row' ? [values.name, values.amount] : values.amounts),
    ...(count?.parts ?? []),
  ].filter((text) => text !== undefined);
