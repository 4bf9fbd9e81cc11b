import type { Carrier, Kit, ReadValue } from '#worker/contract.ts';

/** Screens: `results` of a search, and `policy` when it found exactly one. */
export const policyParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ html = {} }) => {
    if (html['policy'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, html['policy']) };
    const $ = kit.load(html['results'] ?? '');
    if (kit.text($, '#no-results') !== 'No policies match your search.')
      throw new kit.PortalChanged('The empty result says something else');
    const closeNumbers = $('#similar li')
      .toArray()
      .map((item) => $(item).text().trim());
    return { kind: 'absent', closeNumbers };
  };

const snapshotOf = (kit: Kit, page: string) => {
  const $ = kit.load(page);
  const facts = kit.pairs($, '#policy');
  const fact = (term: string): string => {
    const text = facts[term];
    if (text === undefined || text === '') throw new kit.PortalChanged(`"${term}" is not shown`);
    return text;
  };
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const row of kit.table($, '#values')) {
    const { Value: name, Amount: amount, 'As of': asOf } = row;
    if (name === undefined || amount === undefined || asOf === undefined)
      throw new kit.PortalChanged('The table of values has other columns');
    if (amount === 'Not available') missing.push(name);
    else
      values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MM/dd/yyyy') });
  }
  return {
    number: fact('Policy number'),
    status: fact('Policy status'),
    productName: fact('Product'),
    values,
    missing,
  };
};
