import type * as cheerio from 'cheerio';
import { parse } from '../kit/parse.ts';
import { normalizeNumber, numberWithin } from '#shared/policy-number.ts';
import { DATE, isRecent } from './redacted-dates.ts';

/** How the pages of one policy seem to be laid out; a first version for a person to read. */
export interface Proposal {
  /** Sentence that says there is no such policy. */
  nothing?: string;
  /** It goes on with the number that was asked for. */
  nothingBegins?: boolean;
  /** A text that only the policy's page has: waited for. */
  landmark?: string;
  /** More stands behind it, in the same element. */
  landmarkBegins?: boolean;
  /** Labels beside which the facts stand. */
  number?: string;
  status?: string;
  product?: string;
  /** Columns of the table of values. */
  table?: { name: string; amount: string; asOf?: string };
  /** Labels of amounts, where there is no table. */
  amounts?: string[];
  /** Label of the day that all amounts are of. */
  asOf?: string;
  /** Format of dates, in date-fns tokens. */
  dates?: string;
  /** No day that its values could be of stands anywhere. */
  undated?: true;
  /** The values stand on another screen than the facts. */
  apart?: {
    /** A text that only the screen of the values has. */
    landmark?: string;
    landmarkBegins?: boolean;
    /** Labels that both screens have, with the same beside them. */
    shared: string[];
  };
}

/** A minus may stand behind it. */
export const MONEY =
  /^[-−(]*\s*(?:[$€£]|USD)\s*[-−(]*[\d,.]+[-−)]*$|^\(?-?\d{1,3}(,\d{3})*\.\d{2}[-−)]?$/;
const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/^\d{2}\/\d{2}\/\d{4}$/, 'MM/dd/yyyy'],
  [/^\d{1,2}\/\d{1,2}\/\d{4}$/, 'M/d/yyyy'],
  [/^\d{1,2}\/\d{1,2}\/\d{2}$/, 'M/d/yy'],
  [/^\d{4}-\d{2}-\d{2}$/, 'yyyy-MM-dd'],
  [/^\d{2}\.\d{2}\.\d{4}$/, 'dd.MM.yyyy'],
  [/^[A-Z][a-z]{2} \d{1,2}, \d{4}$/, 'MMM d, yyyy'],
  [/^[A-Z][a-z]{3,} \d{1,2}, \d{4}$/, 'MMMM d, yyyy'],
  [/^\d{1,2} [A-Z][a-z]{2} \d{4}$/, 'd MMM yyyy'],
  [/^\d{1,2}-[A-Z][a-z]{2}-\d{4}$/, 'd-MMM-yyyy'],
];

export const fold = (text: string): string => text.replaceAll(/[\s\u00A0]+/g, ' ').trim();
export const formatOf = (text: string): string | undefined =>
  FORMATS.find(([pattern]) => pattern.test(fold(text)))?.[1];

/** Labels and what stands beside each, of `dl`, of rows of two cells, and of lines as "Status: In Force". */
const factsOf = ($: cheerio.CheerioAPI): [string, string][] => [
  ...$('dt')
    .toArray()
    .map((term): [string, string] => [
      fold($(term).text()),
      fold($(term).nextAll('dd').first().text()),
    ]),
  ...$('tr')
    .toArray()
    .flatMap((row): [string, string][] => {
      const cells = $(row).children('th, td').toArray();
      return cells.length === 2 ? [[fold($(cells[0]).text()), fold($(cells[1]).text())]] : [];
    }),
  ...$('p, li, div')
    .toArray()
    .flatMap((line): [string, string][] => {
      const [, label, text] = /^([A-Z][\w ]{1,39}): (.{1,80})$/.exec(fold($(line).text())) ?? [];
      return label === undefined || text === undefined || $(line).children().length > 0
        ? []
        : [[label, text]];
    }),
];

/** The texts of a table's cells, a list for each row. */
export const cellsIn = (
  $: cheerio.CheerioAPI,
  table: Parameters<cheerio.CheerioAPI>[0],
): string[][] =>
  $(table)
    .find('tr')
    .toArray()
    .map((row) =>
      $(row)
        .children('th, td')
        .toArray()
        .map((cell) => fold($(cell).text())),
    );

const tableOf = (
  $: cheerio.CheerioAPI,
): (NonNullable<Proposal['table']> & { dates?: string }) | undefined => {
  for (const table of $('table').toArray()) {
    const [head, ...rows] = cellsIn($, table);
    if (head === undefined || head.length < 2 || rows.length === 0) continue;
    const column = (test: (text: string) => boolean): string | undefined =>
      head.find((_, index) => rows.some((row) => test(row[index] ?? '')));
    const amount = column((text) => MONEY.test(text));
    if (amount === undefined || amount === '') continue;
    const asOf = column((text) => formatOf(text) !== undefined);
    const name = head.find((title) => title !== amount && title !== asOf && title !== '');
    const sample = asOf === undefined ? undefined : rows[0]?.[head.indexOf(asOf)];
    const dates = sample === undefined ? undefined : formatOf(sample);
    if (name !== undefined) return { name, amount, ...(asOf && { asOf }), ...(dates && { dates }) };
  }
  return undefined;
};

/** The sentences that a page shows. */
export const sentencesOf = (html: string): string[] => {
  const $ = parse(html);
  $('script, style').remove();
  return $('body *')
    .toArray()
    .filter((element) => $(element).children().length === 0)
    .map((element) => fold($(element).text()))
    .filter((text) => text !== '');
};

const nothingIn = (absent: string, found: string): string | undefined => {
  const usual = new Set(sentencesOf(found));
  return sentencesOf(absent).find(
    (text) =>
      !usual.has(text) &&
      text.length < 120 &&
      /\b(no|not|none|nobody|nothing|0|unable|cannot|could not)\b/i.test(text),
  );
};

/** Which parts of a policy a screen shows. */
export const partsOf = (html: string): { status: boolean; amounts: boolean } => {
  const $ = parse(html);
  const facts = factsOf($);
  return {
    status: facts.some(isStatus),
    amounts: tableOf($) !== undefined || facts.some(([, text]) => MONEY.test(text)),
  };
};

const isStatus = ([label, text]: readonly [string, string]): boolean =>
  /status|standing/i.test(label) && text !== '';

/** Whether nothing of a page may be the day of a value: neither a day of late, nor a year. */
export const showsNoDay = (html: string, number: string, now: number): boolean => {
  const years = [0, 1].map((back) => String(new Date(now).getUTCFullYear() - back));
  return sentencesOf(html)
    .filter((text) => !/©|copyright/i.test(text))
    .map((text) => text.replace(numberWithin(number), ''))
    .every(
      (text) =>
        [...text.matchAll(new RegExp(DATE, 'gi'))].every(([day]) => !isRecent(day, now)) &&
        years.every((year) => !text.includes(year)),
    );
};

/** A text that is on `screen` and on none of the others, and whether more stands behind it there. */
const landmarkOf = (
  screen: string,
  others: readonly string[],
  texts: readonly (string | undefined)[],
): { landmark?: string; landmarkBegins?: boolean } => {
  const elsewhere = new Set(others.flatMap(sentencesOf));
  const landmark = texts.find((text) => text !== undefined && !elsewhere.has(text));
  if (landmark === undefined) return {};
  return { landmark, ...(!sentencesOf(screen).includes(landmark) && { landmarkBegins: true }) };
};

/** Reads the pages of one policy by what most portals have in common; what it does not see is left out. */
export const propose = (pages: {
  number: string;
  results: string;
  policy?: string;
  /** Where they stand on another screen than the policy's facts. */
  values?: string;
  absent?: string;
  absentNumber?: string;
  /** Epoch ms. */
  now: number;
}): Proposal => {
  const policy = pages.policy ?? pages.results;
  const facts = factsOf(parse(policy));
  const valued = parse(pages.values ?? policy);
  const valueFacts = factsOf(valued);
  const label = (test: (label: string, text: string) => boolean): string | undefined =>
    facts.find(([label, text]) => label !== '' && test(label, text))?.[0];
  const wanted = normalizeNumber(pages.number);
  const number = label((_, text) => normalizeNumber(text) === wanted);
  const status = label((each, text) => isStatus([each, text]));
  const product = label((each, text) => /^(product|plan)( name)?:?$/i.test(each) && text !== '');
  const found = tableOf(valued);
  const table = found && {
    name: found.name,
    amount: found.amount,
    ...(found.asOf && { asOf: found.asOf }),
  };
  const amounts = valueFacts.flatMap(([each, text]) => (MONEY.test(text) ? [each] : []));
  const [asOf, asOfText = ''] =
    valueFacts.find(
      ([each, text]) => /as of|valuation|valued/i.test(each) && formatOf(text) !== undefined,
    ) ?? [];
  const format = found?.dates ?? formatOf(asOfText);
  const undated =
    format === undefined &&
    [policy, pages.values ?? ''].every((html) => showsNoDay(html, pages.number, pages.now));
  const sentence = pages.absent === undefined ? undefined : nothingIn(pages.absent, pages.results);
  const asked = pages.absentNumber && numberWithin(pages.absentNumber);
  const nothing =
    sentence === undefined ? undefined : asked ? fold(sentence.split(asked)[0] ?? '') : sentence;
  const others = [pages.absent ?? '', pages.policy === undefined ? '' : pages.results];
  return {
    ...(nothing && { nothing, ...(nothing !== sentence && { nothingBegins: true }) }),
    ...landmarkOf(policy, others, [
      status,
      number,
      ...(pages.values === undefined ? [table?.amount] : []),
    ]),
    ...(number && { number }),
    ...(status && { status }),
    ...(product && { product }),
    ...(table ? { table } : { amounts }),
    ...(asOf && { asOf }),
    ...(format && { dates: format }),
    ...(undated && { undated }),
    ...(pages.values !== undefined && {
      apart: {
        ...landmarkOf(pages.values, [...others, policy], [table?.amount, ...amounts]),
        shared: facts.flatMap(([each, text]) =>
          text !== '' && valueFacts.some((fact) => fact[0] === each && fact[1] === text)
            ? [each]
            : [],
        ),
      },
    }),
  };
};
