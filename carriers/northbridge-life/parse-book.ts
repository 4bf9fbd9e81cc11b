import type { Carrier, Kit, ReadValue, Snapshot } from '#portal/contract.ts';

/** A value as the list shows it: "$1,234.50 (11/20/2026)". */
const AMOUNT = /^(.*\S) ?\((\d{2}\/\d{2}\/\d{4})\)$/;
const VALUE = / (Value|Benefit|Premium)$/;
/** The table by what heads it. */
const LIST = 'table:has(th:contains("Owner")):has(th:contains("Status"))';
const NO_SUCH_VALUE = '—';

/** Screen: `book`, of the list of all policies. */
export const bookParser =
  (kit: Kit): NonNullable<Carrier['parseBook']> =>
  ({ html = {} }) => {
    const $ = kit.load(html['book'] ?? '');
    const lines = $('p')
      .toArray()
      .map((line) => $(line).text().replaceAll(/\s+/g, ' ').trim());
    // The portal hides closed policies unless it is asked for all; such a list is not the whole book.
    if (!lines.includes('All policies'))
      throw new kit.PortalChanged('The list does not say that it shows all policies');
    if ($(LIST).length === 0) {
      if (!lines.includes('There are no policies under this User ID.'))
        throw new kit.PortalChanged('The empty list says something else');
      return { entries: [], total: 0 };
    }
    const counts = lines.flatMap((line) => /^Policies \d+ to \d+ of (\d+)$/.exec(line)?.[1] ?? []);
    const [total] = counts;
    if (total === undefined || counts.length > 1)
      throw new kit.PortalChanged('The list does not say how long it is');
    const rows = kit.table($, LIST);
    return { ...kit.entries(rows, (row) => snapshotOf(kit, row)), total: Number(total) };
  };

const snapshotOf = (kit: Kit, row: Record<string, string>): Snapshot => {
  const { 'Policy number': number, Status: status, Product: productName, ...others } = row;
  if (number === undefined || status === undefined || productName === undefined)
    throw new kit.PortalChanged('The list of policies has other columns');
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const [name, text] of Object.entries(others)) {
    const [, amount, asOf] = AMOUNT.exec(text) ?? [];
    if (!VALUE.test(name)) {
      if (amount !== undefined) throw new kit.PortalChanged('A column of amounts is not known');
      continue;
    }
    if (text === NO_SUCH_VALUE) continue;
    if (text === 'Not available') missing.push(name);
    else if (amount === undefined || asOf === undefined)
      throw new kit.PortalChanged('A value of the list is not an amount with its day');
    else
      values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MM/dd/yyyy') });
  }
  return { number, status, productName, values, missing };
};
