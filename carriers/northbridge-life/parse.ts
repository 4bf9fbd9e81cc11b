import type { Carrier, Kit, ReadValue } from '#portal/contract.ts';

/** Screens: `results` of a search, and `policy` when it found exactly one. */
export const policyParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ html = {} }) => {
    if (html['policy'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, html['policy']) };
    const $ = kit.load(html['results'] ?? '');
    if (!kit.says($, 'No policies match your search.'))
      throw new kit.PortalChanged('The empty result says something else');
    const closeNumbers = $('li')
      .toArray()
      .map((item) => $(item).text().trim());
    return { kind: 'absent', closeNumbers };
  };

const snapshotOf = (kit: Kit, page: string) => {
  const $ = kit.load(page);
  const { number, status, productName } = kit.values($, {
    labels: { number: 'Policy number', status: 'Policy status', productName: 'Product' },
  });
  const values: ReadValue[] = [];
  const missing: string[] = [];
  const columns = { name: 'Value', amount: 'Amount', asOf: 'As of' };
  for (const { name, amount, asOf } of kit.rows($, { columns, empty: 'headings' })) {
    if (amount === 'Not available') missing.push(name);
    else
      values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MM/dd/yyyy') });
  }
  return { number, status, productName, values, missing };
};
