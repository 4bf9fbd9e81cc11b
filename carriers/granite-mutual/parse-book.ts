import type { BookPage, Carrier, Kit, ReadValue, Snapshot } from '#portal/contract.ts';

/** A line of the register is one value of one policy; one without values has a line that names none. */
type Line = Record<'number' | 'plan' | 'status' | 'name' | 'asOf' | 'amount', string>;

const COLUMNS = {
  number: 'Policy No.',
  plan: 'Plan',
  status: 'Status',
  name: 'Value Type',
  asOf: 'Value Date',
  amount: 'Amount',
};
const COUNT = /^POLICIES (\d+) - (\d+) OF (\d+)$/;

/** Screen: `register`, of all policies. */
export const bookParser =
  (kit: Kit): NonNullable<Carrier['parseBook']> =>
  ({ html = {} }): BookPage => {
    const $ = kit.load(html['register'] ?? '');
    // It shows active policies only unless it is told otherwise; such a list is not the whole book.
    if (!kit.says($, 'SELECTION: ALL POLICIES'))
      throw new kit.PortalChanged('The register does not say that it is of all policies');
    const counts = $('p')
      .toArray()
      .flatMap((line) => {
        const found = COUNT.exec($(line).text().replaceAll(/\s+/g, ' ').trim());
        return found ? [found.slice(1).map(Number)] : [];
      });
    if (counts.length === 0 && kit.says($, 'NO POLICIES FOUND FOR THIS SELECTION'))
      return { entries: [], total: 0 };
    const [[first = 1, last = 0, total = 0] = [], ...others] = counts;
    if (total === 0 || others.length > 0)
      throw new kit.PortalChanged('The register does not say how long it is');
    const lines = kit.rows($, { columns: COLUMNS });
    const policies = [...Map.groupBy(lines, ({ number }) => number).values()];
    if (policies.length !== last - first + 1)
      throw new kit.PortalChanged('The register shows fewer or more policies than it says');
    return { ...kit.entries(policies, (policy) => snapshotOf(kit, policy)), total };
  };

const snapshotOf = (kit: Kit, policy: readonly Line[]): Snapshot => {
  const [first] = policy;
  if (!first || policy.some(({ status, plan }) => status !== first.status || plan !== first.plan))
    throw new kit.PortalChanged('The lines of a policy do not agree');
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const { name, asOf, amount } of policy) {
    if (name === '' && asOf === '' && amount === '') continue;
    if (amount === 'N/A') missing.push(name);
    else values.push({ name, amount: kit.money(amount, 'USD'), asOf: kit.date(asOf, 'MM/dd/yy') });
  }
  return { number: first.number, status: first.status, productName: first.plan, values, missing };
};
