import type { Carrier, Kit, ReadValue } from '#portal/contract.ts';

/** Screens: `results` of an inquiry, and the window `detail` when it found exactly one. */
export const policyParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ html = {} }) => {
    if (html['detail'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, html['detail']) };
    const $ = kit.load(html['results'] ?? '');
    if (!kit.says($, /NO POLICIES FOUND FOR THIS SELECTION/))
      throw new kit.PortalChanged('The empty result says something else');
    // An inquiry of active policies alone hides the others: it says nothing about this one.
    if ($('option[selected]').text().replaceAll(/\s+/g, ' ').trim() !== 'All policies')
      throw new kit.PortalChanged('The inquiry was not of all policies');
    const closeNumbers = $('li')
      .toArray()
      .map((item) => $(item).text().trim());
    return { kind: 'absent', closeNumbers };
  };

const snapshotOf = (kit: Kit, page: string) => {
  const $ = kit.load(page);
  const { number, status, productName } = kit.values($, {
    labels: { number: 'Policy Number', status: 'Policy Status', productName: 'Plan' },
  });
  const values: ReadValue[] = [];
  const missing: string[] = [];
  const columns = { name: 'Value Type', asOf: 'Value Date', amount: 'Amount' };
  for (const { name, asOf, amount } of kit.rows($, { columns, empty: 'headings' })) {
    if (amount === 'N/A') missing.push(name);
    else values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MM/dd/yy') });
  }
  return { number, status, productName, values, missing };
};
