import type { BookPage, Carrier, Kit, ReadValue, Snapshot } from '#portal/contract.ts';
import { linesOf } from './parse.ts';

/** A line of the statement is one value of one account; one without values has a line that says so. */
type Line = readonly [
  number: string,
  product: string,
  status: string,
  name: string,
  amount: string,
  asOf: string,
];

const TITLE = 'Statement of all accounts, closed ones too';
const HEADERS = ['Account', 'Product', 'Status', 'Value', 'Amount', 'As of'].join('\t');
const NONE = 'None';
/** Closes the statement, so that an account or a value that is lacking is seen. */
const END = /^End of statement: (\d+) accounts, (\d+) values$/;

const isLine = (cells: readonly string[]): cells is Line =>
  cells.length === HEADERS.split('\t').length && cells.every((cell) => cell !== '');

/** Text: `accounts`, of the PDF of all accounts. */
export const bookParser =
  (kit: Kit): NonNullable<Carrier['parseBook']> =>
  ({ text = {} }): BookPage => {
    const rows = linesOf(text['accounts'] ?? '');
    if (!rows.some((row) => row.join('\t') === TITLE))
      throw new kit.PortalChanged('The statement does not say that it has closed accounts too');
    const head = rows.findIndex((row) => row.join('\t') === HEADERS);
    const ends = rows.flatMap(([first = ''], index) => {
      const found = END.exec(first);
      return found ? [{ index, accounts: Number(found[1]), values: Number(found[2]) }] : [];
    });
    const [end] = ends;
    if (head < 0 || !end || ends.length > 1 || end.index < head)
      throw new kit.PortalChanged('The statement has no table of accounts, or no end');
    const lines: Line[] = [];
    for (const row of rows.slice(head + 1, end.index)) {
      // What stands at the top and the foot of each page has other cells.
      if (row.length < HEADERS.split('\t').length || row.join('\t') === HEADERS) continue;
      if (!isLine(row)) throw new kit.PortalChanged('A line of the statement has other cells');
      lines.push(row);
    }
    const accounts = [...Map.groupBy(lines, ([number]) => number).values()];
    const values = lines.filter(([, , , name]) => name !== NONE).length;
    if (accounts.length !== end.accounts || values !== end.values)
      throw new kit.PortalChanged('The statement has fewer or more lines than it says');
    return { ...kit.entries(accounts, (account) => snapshotOf(kit, account)), total: end.accounts };
  };

const snapshotOf = (kit: Kit, account: readonly Line[]): Snapshot => {
  const [[number, productName, status] = ['', '', '']] = account;
  if (account.some((line) => line[1] !== productName || line[2] !== status))
    throw new kit.PortalChanged('The lines of an account do not agree');
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const [, , , name, amount, asOf] of account) {
    if (name === NONE && amount === NONE && asOf === NONE) continue;
    if (amount === 'Not available') missing.push(name);
    else
      values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MMMM d, yyyy') });
  }
  return { number, status, productName, values, missing };
};
