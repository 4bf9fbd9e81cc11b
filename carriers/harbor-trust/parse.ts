import type { Carrier, Kit, ReadValue } from '#portal/contract.ts';

/** Screens: `account`, or the `search` that found none. */
export const accountParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ html = {} }) => {
    if (html['account'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, html['account']) };
    const $ = kit.load(html['search'] ?? '');
    if (!kit.says($, /We found no account with this number\./))
      throw new kit.PortalChanged('The empty result says something else');
    const closeNumbers = $('li')
      .toArray()
      .map((item) => $(item).text().trim());
    return { kind: 'absent', closeNumbers };
  };

/** Of an account's own page, or of its card among others. */
export const snapshotOf = (kit: Kit, page: string) => {
  const $ = kit.load(page);
  const { number, status, productName } = kit.values($, {
    labels: { number: 'Account number', status: 'Account status', productName: 'Product' },
  });
  const values: ReadValue[] = [];
  const missing: string[] = [];
  const columns = { name: 'Description', asOf: 'Valuation date', amount: 'Value (USD)' };
  for (const { name: label, asOf, amount } of kit.rows($, { columns, empty: 'headings' })) {
    const name = label.replace(/ ?:$/, '');
    if (amount === '—') missing.push(name);
    else
      values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MMMM d, yyyy') });
  }
  return { number, status, productName, values, missing };
};
