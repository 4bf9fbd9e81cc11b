import * as cheerio from 'cheerio';
import { normalizeNumber, numberWithin } from '#shared/policy-number.ts';

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
}

const MONEY = /^[-−(]*\s*(?:[$€£]|USD)\s*[-−(]*[\d,.]+\)?$|^\(?-?\d{1,3}(,\d{3})*\.\d{2}\)?$/;
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

const fold = (text: string): string => text.replaceAll(/[\s\u00A0]+/g, ' ').trim();
const formatOf = (text: string): string | undefined =>
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

const tableOf = (
  $: cheerio.CheerioAPI,
): (NonNullable<Proposal['table']> & { dates?: string }) | undefined => {
  for (const table of $('table').toArray()) {
    const [head, ...rows] = $(table)
      .find('tr')
      .toArray()
      .map((row) =>
        $(row)
          .children('th, td')
          .toArray()
          .map((cell) => fold($(cell).text())),
      );
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
const sentencesOf = (html: string): string[] => {
  const $ = cheerio.load(html);
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

/** Reads the pages of one policy by what most portals have in common; what it does not see is left out. */
export const propose = (pages: {
  number: string;
  results: string;
  policy?: string;
  absent?: string;
  absentNumber?: string;
}): Proposal => {
  const $ = cheerio.load(pages.policy ?? pages.results);
  const facts = factsOf($);
  const label = (test: (label: string, text: string) => boolean): string | undefined =>
    facts.find(([label, text]) => label !== '' && test(label, text))?.[0];
  const wanted = normalizeNumber(pages.number);
  const number = label((_, text) => normalizeNumber(text) === wanted);
  const status = label((each, text) => /status|standing/i.test(each) && text !== '');
  const product = label((each, text) => /^(product|plan)( name)?$/i.test(each) && text !== '');
  const found = tableOf($);
  const table = found && {
    name: found.name,
    amount: found.amount,
    ...(found.asOf && { asOf: found.asOf }),
  };
  const amounts = facts.flatMap(([each, text]) => (MONEY.test(text) ? [each] : []));
  const asOf = label(
    (each, text) => /as of|valuation|valued/i.test(each) && formatOf(text) !== undefined,
  );
  const asOfText = facts.find(([each]) => each === asOf)?.[1] ?? '';
  const format = found?.dates ?? formatOf(asOfText);
  const sentence = pages.absent === undefined ? undefined : nothingIn(pages.absent, pages.results);
  const asked = pages.absentNumber && numberWithin(pages.absentNumber);
  const nothing =
    sentence === undefined ? undefined : asked ? fold(sentence.split(asked)[0] ?? '') : sentence;
  const elsewhere = new Set(
    [pages.absent ?? '', pages.policy === undefined ? '' : pages.results].flatMap(sentencesOf),
  );
  const landmark = [status, number, table?.amount].find(
    (text) => text !== undefined && !elsewhere.has(text),
  );
  const isWhole = sentencesOf(pages.policy ?? pages.results).some((text) => text === landmark);
  return {
    ...(nothing && { nothing, ...(nothing !== sentence && { nothingBegins: true }) }),
    ...(landmark && { landmark, ...(!isWhole && { landmarkBegins: true }) }),
    ...(number && { number }),
    ...(status && { status }),
    ...(product && { product }),
    ...(table ? { table } : { amounts }),
    ...(asOf && { asOf }),
    ...(format && { dates: format }),
  };
};
