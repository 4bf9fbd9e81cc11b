import type { Carrier, Kit, ReadValue } from '#portal/contract.ts';

/** How many contracts a search found. */
export const hitsOf = (kit: Kit, search: unknown): number => kit.list(search, 'results').length;

/** Answers: `search`, and `contract` when it found exactly one. */
export const contractParser =
  (kit: Kit): Carrier['parsePolicy'] =>
  ({ json = {} }) => {
    if (json['contract'] !== undefined)
      return { kind: 'found', snapshot: snapshotOf(kit, json['contract']) };
    if (hitsOf(kit, json['search']) > 0)
      throw new kit.PortalChanged('A search for one number found several contracts');
    return {
      kind: 'absent',
      closeNumbers: kit.list(json['search'], 'similar').map((number) => String(number).trim()),
    };
  };

/** Of one answer `contracts`: how many it lists, and how many there are. */
export const lengthOf = (kit: Kit, contracts: unknown): { shown: number; total: number } => {
  const { total } = contracts as { total?: unknown };
  if (typeof total !== 'number')
    throw new kit.PortalChanged('The list does not say how long it is');
  return { shown: kit.list(contracts, 'contracts').length, total };
};

export const bookParser =
  (kit: Kit): NonNullable<Carrier['parseBook']> =>
  ({ json = {} }) => {
    const contracts = json['contracts'] ?? {};
    const { total } = lengthOf(kit, contracts);
    const rows = kit.list(contracts, 'contracts');
    return { ...kit.entries(rows, (row) => snapshotOf(kit, row)), total };
  };

/** In dollars, as ever; another currency would be another contract. */
const amountOf = (kit: Kit, row: unknown) => {
  if (kit.property(row, 'currency') !== 'USD')
    throw new kit.PortalChanged('An amount is not in dollars');
  return kit.money(kit.property(row, 'amount'), 'USD');
};

const snapshotOf = (kit: Kit, contract: unknown) => {
  const values: ReadValue[] = [];
  const missing: string[] = [];
  for (const row of kit.list(contract, 'values')) {
    const name = kit.property(row, 'label');
    if ((row as { amount?: unknown }).amount === null) missing.push(name);
    else
      values.push({
        name,
        amount: amountOf(kit, row),
        asOf: kit.date(kit.property(row, 'valuationDate'), 'yyyy-MM-dd'),
      });
  }
  return {
    number: kit.property(contract, 'contractNumber'),
    status: kit.property(contract, 'status.description'),
    productName: kit.property(contract, 'product.name'),
    values,
    missing,
  };
};
