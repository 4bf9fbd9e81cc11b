import type { Carrier, Kit, ReadValue, Snapshot } from '#portal/contract.ts';

/** A line of the report is one value of one policy. */
interface Line {
  number: string;
  plan: string;
  status: string;
  value: string;
  amount: string;
  asOf: string;
}

/** As the portal writes its numbers. */
const NUMBER = /^[A-Z]{2}-[A-Z\d]{4,}$/;

/** All lines of one policy. */
type Policy = readonly [Line, ...Line[]];

/** File: `report`, with a line "Scope,All policies" above the headers and a last one that counts the policies. */
export const bookParser = (kit: Kit): NonNullable<Carrier['parseBook']> => {
  const policiesOf = reportReader(kit);
  return ({ text = {} }) => {
    const policies = policiesOf(text['report'] ?? '');
    return {
      ...kit.entries(policies, (policy) => snapshotOf(kit, policy)),
      total: policies.length,
    };
  };
};

export const policyParser = (kit: Kit): Carrier['parsePolicy'] => {
  const policiesOf = reportReader(kit);
  return ({ text = {} }, number) => {
    const policies = policiesOf(text['report'] ?? '');
    const hit = policies.find(([line]) => kit.sameNumber(line.number, number));
    return hit
      ? { kind: 'found', snapshot: snapshotOf(kit, hit) }
      : { kind: 'absent', closeNumbers: policies.map(([line]) => line.number) };
  };
};

/** Remembers the newest file: a session looks up many policies in one. */
const reportReader = (kit: Kit): ((report: string) => readonly Policy[]) => {
  let last: { report: string; policies: readonly Policy[] } | undefined;
  return (report) => {
    if (last?.report !== report) last = { report, policies: read(kit, report) };
    return last.policies;
  };
};

/** A policy that is not in a report is absent only when the report is whole, and of all policies. */
const read = (kit: Kit, report: string): readonly Policy[] => {
  if (!/^"?Scope"?[,;\t]"?All policies"?[,;\t\s]*$/m.test(report))
    throw new kit.PortalChanged('The report does not say that it is of all policies');
  const ends = [...report.matchAll(/^"?End of report: (\d+) policies"?[,;\t]*\s*$/gm)];
  if (ends.length !== 1) throw new kit.PortalChanged('The report does not say that it is complete');
  const lines = kit.csv(report, {
    columns: {
      number: 'Policy No.',
      plan: 'Plan',
      status: 'Policy Status',
      value: 'Value Type',
      amount: 'Amount (USD)',
      asOf: 'As Of',
    },
    notes: /^End of report:/,
  });
  // Another column under this header would make every policy one that is not there.
  if (lines.some(({ number }) => !NUMBER.test(number)))
    throw new kit.PortalChanged('What is under "Policy No." is no policy number');
  const policies = new Map<string, [Line, ...Line[]]>();
  for (const line of lines) {
    const policy = policies.get(line.number);
    if (policy) policy.push(line);
    else policies.set(line.number, [line]);
  }
  if (policies.size !== Number(ends[0]?.[1]))
    throw new kit.PortalChanged('The report has fewer or more policies than it says');
  return [...policies.values()];
};

const snapshotOf = (kit: Kit, policy: Policy): Snapshot => {
  const [first] = policy;
  if (policy.some(({ status, plan }) => status !== first.status || plan !== first.plan))
    throw new kit.PortalChanged('The lines of a policy do not agree');
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const { value, amount, asOf } of policy) {
    // A policy without values has one line that names none.
    if (value === '' && amount === '' && asOf === '') continue;
    if (value === '') throw new kit.PortalChanged('An amount of the report has no name');
    if (amount === 'N/A') missing.push(value);
    else
      values.push({
        name: value,
        amount: kit.money(amount, 'USD'),
        asOf: kit.date(asOf, 'MM/dd/yyyy'),
      });
  }
  return { number: first.number, status: first.status, productName: first.plan, values, missing };
};
