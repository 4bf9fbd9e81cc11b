import type { Carrier, Kit, ReadValue } from '#worker/contract.ts';

/** Screens: `account`, or the `search` that found none. */
export const accountParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ html = {} }) => {
    if (html['account'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, html['account']) };
    const $ = kit.load(html['search'] ?? '');
    if (!/We found no account with this number\./.test($('body').text()))
      throw new kit.PortalChanged('The empty result says something else');
    const closeNumbers = $('main li')
      .toArray()
      .map((item) => $(item).text().trim());
    return { kind: 'absent', closeNumbers };
  };

const snapshotOf = (kit: Kit, page: string) => {
  const $ = kit.load(page);
  const fact = (label: string): string => {
    const labels = $('body *')
      .toArray()
      .filter(
        (element) => $(element).children().length === 0 && $(element).text().trim() === label,
      );
    const text = $(labels[0]).next().text().trim();
    if (labels.length !== 1 || text === '')
      throw new kit.PortalChanged(`"${label}" is not shown once`);
    return text;
  };
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const row of kit.table($, 'table')) {
    const { Description: name, 'Valuation date': asOf, 'Value (USD)': amount } = row;
    if (name === undefined || amount === undefined || asOf === undefined)
      throw new kit.PortalChanged('The table of values has other columns');
    if (amount === '—') missing.push(name);
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
