import type * as cheerio from 'cheerio';
import type { Request, Response } from 'playwright';
import { normalizeNumber, numberPattern, numberWithin } from '#shared/policy-number.ts';
import type { Kit, Snapshot } from '../contract.ts';
import { agree } from './agreement.ts';
import { csv } from './csv.ts';
import { find, frameOf, isShown } from './find.ts';
import { fold } from './headings.ts';
import { date } from './dates.ts';
import { choose, html, pages, scroll } from './listing.ts';
import { parseMoney } from './money.ts';
import { rows } from './rows.ts';
import { values } from './values.ts';
import { download, popup } from './openings.ts';
import { parse } from './parse.ts';
import { pdf } from './pdf.ts';
import { says } from './shown.ts';
import { AnswerRefused, PortalChanged } from '../failure.ts';

/** A page that is captured whole ends with its last tag: one cut off lacks what nobody would miss. */
const load: Kit['load'] = (html) => {
  if (/<html[\s>]/i.test(html) && !/<\/html\s*>\s*$/i.test(html))
    throw new PortalChanged('The page is cut off');
  return parse(html);
};

const only = ($: cheerio.CheerioAPI, css: string) => {
  const found = $(css);
  if (found.length !== 1) throw new PortalChanged(`${found.length} elements match ${css}`);
  return found;
};

const pairs = ($: cheerio.CheerioAPI, css: string): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const term of only($, css).find('dt').toArray()) {
    const name = fold($(term).text());
    // The description of the next term is none of this one.
    const texts = $(term).nextUntil('dt').filter('dd').toArray();
    const text = fold(texts.map((each) => $(each).text()).join(' '));
    if (texts.length > 1) throw new PortalChanged(`A term of ${css} has several descriptions`);
    if (name in found && found[name] !== text)
      throw new PortalChanged(`A term of ${css} stands twice`);
    found[name] = text;
  }
  return found;
};

const table = ($: cheerio.CheerioAPI, css: string): Record<string, string>[] => {
  const [head, ...rows] = only($, css).find('tr').toArray();
  const headers = $(head)
    .find('th, td')
    .toArray()
    .map((cell) => fold($(cell).text()));
  if (headers.length === 0 || new Set(headers).size < headers.length)
    throw new PortalChanged(`The headers of ${css} are missing or double`);
  return rows.flatMap((row) => {
    const cells = $(row).find('th, td').toArray();
    // A row of one cell across the whole table is a heading between rows.
    if (cells.length === 1 && $(cells[0]).attr('colspan') === String(headers.length)) return [];
    if (cells.length !== headers.length)
      throw new PortalChanged(`A row of ${css} has ${cells.length} cells`);
    return [
      Object.fromEntries(headers.map((header, index) => [header, fold($(cells[index]).text())])),
    ];
  });
};

/** What a request sends as JSON; undefined where it sends none. */
const sentJson = (request: Request): unknown => {
  try {
    return JSON.parse(request.postData() ?? '') as unknown;
  } catch {
    return undefined;
  }
};

const json: Kit['json'] = async (page, call, act) => {
  const { address, asks } = call instanceof RegExp ? { address: call, asks: () => true } : call;
  const isIt = (response: Response): boolean =>
    response.url().search(address) >= 0 &&
    (call instanceof RegExp || asks(sentJson(response.request())));
  const [response] = await Promise.all([page.waitForResponse(isIt), act()]);
  if (response.status() >= 400 && response.status() !== 404)
    throw new AnswerRefused(response.status());
  try {
    return await response.json();
  } catch {
    throw new PortalChanged('An answer is not JSON');
  }
};

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);

const property = (value: unknown, path: string): string => {
  const found = at(value, path);
  if (typeof found !== 'string') throw new PortalChanged(`"${path}" is not in the answer`);
  return found.trim();
};

const amount: Kit['amount'] = (value, path, currency, style) => {
  const found = at(value, path);
  // A number is written with a point, whatever the portal shows, and carries the fractions of a cent
  // that sums and shares of funds leave; "1e+21" is refused with the rest.
  if (typeof found === 'number') return parseMoney(found.toFixed(2), currency);
  return parseMoney(property(value, path), currency, style);
};

const list = (value: unknown, path: string): readonly unknown[] => {
  const found = at(value, path);
  if (!Array.isArray(found)) throw new PortalChanged(`No list "${path}" is in the answer`);
  return found;
};

const entries: Kit['entries'] = (rows, read) => {
  const found: Snapshot[] = [];
  const unreadable: { row: number; why: string }[] = [];
  for (const [index, row] of rows.entries())
    try {
      found.push(read(row));
    } catch (error) {
      if (!(error instanceof PortalChanged)) throw error;
      unreadable.push({ row: index + 1, why: error.message });
    }
  return { entries: found, unreadable };
};

const USUAL_VALUES = [
  'Account Value',
  'Cash Value',
  'Surrender Value',
  'Death Benefit',
  'Face Value',
  'Total Premium',
  'Annual Premium',
  'Monthly Premium',
];

/** What carriers are handed; `addresses` replaces their own by carrier id. */
export const createKit = (addresses: Record<string, string> = {}): Kit => ({
  address: (id, fallback) => addresses[id] ?? fallback,
  load,
  money: parseMoney,
  date,
  text: ($, css) => fold(only($, css).text()),
  pairs,
  table,
  rows,
  values,
  says,
  agree,
  usualValueNames: USUAL_VALUES,
  numberPattern,
  numberWithin,
  sameNumber: (a, b) => normalizeNumber(a) === normalizeNumber(b),
  find,
  isShown,
  frame: frameOf,
  html,
  pages,
  scroll,
  choose,
  popup,
  download,
  json,
  property,
  amount,
  list,
  entries,
  csv,
  pdf,
  PortalChanged,
});
