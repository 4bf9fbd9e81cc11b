import type { Carrier, Kit, ReadValue, Snapshot } from '#portal/contract.ts';

/** Screen: `result` of a search; text: `statement`, of the PDF that it led to when it found one account. */
export const statementParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ html = {}, text = {} }) => {
    if (text['statement'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, text['statement']) };
    const $ = kit.load(html['result'] ?? '');
    if (!kit.says($, 'No account of yours has this number.'))
      throw new kit.PortalChanged('The empty result says something else');
    return {
      kind: 'absent',
      closeNumbers: $('li')
        .toArray()
        .map((item) => $(item).text().trim()),
    };
  };

/** Lines of a statement, their cells apart. */
export const linesOf = (statement: string): string[][] =>
  statement.split(/\r?\n/).map((line) => line.split('\t').map((cell) => cell.trim()));

const HEADERS = ['Value', 'Amount', 'As of'];
/** Closes the table and counts its values, so that a page that is lacking is seen. */
const END = /^End of values: (\d+)$/;

const snapshotOf = (kit: Kit, statement: string): Snapshot => {
  const lines = linesOf(statement);
  const fact = (name: string): string => {
    const [found, ...others] = lines.filter(([first]) => first === name);
    const [, text = ''] = found ?? [];
    if (found?.length !== 2 || others.length > 0 || text === '')
      throw new kit.PortalChanged(`"${name}" is not in the statement, or not once`);
    return text;
  };
  const head = lines.findIndex((line) => line.join('\t') === HEADERS.join('\t'));
  const end = lines.findIndex(([first = '']) => END.test(first));
  if (head < 0 || end < head) throw new kit.PortalChanged('The statement has no table of values');
  // A table that goes on over a page has its headers again, and a form feed between.
  const rows = lines
    .slice(head + 1, end)
    .filter((row) => row.join('') !== '' && row.join('\t') !== HEADERS.join('\t'));
  if (rows.length !== Number(END.exec(lines[end]?.[0] ?? '')?.[1]))
    throw new kit.PortalChanged('The table of values has fewer or more lines than it says');

  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const row of rows) {
    const [name, amount, asOf] = row;
    if (row.length !== HEADERS.length || !name || !amount || !asOf)
      throw new kit.PortalChanged('A line of the table of values has other cells');
    if (amount === 'Not available') missing.push(name);
    else
      values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MMMM d, yyyy') });
  }
  return {
    number: fact('Account number'),
    status: fact('Account status'),
    productName: fact('Product'),
    values,
    missing,
  };
};
