import { attemptsOf } from '#core/policies/store/history.ts';
import { newestRecords } from '#core/policies/store/values.ts';
import { stringify } from 'csv-stringify/sync';
import type { Actor } from '#shared/access.ts';
import { mayReadHistory, type HistoryDeps } from './history.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';

export interface HistoryFile {
  policy: PolicyBrief;
  fileName: string;
  csv: string;
  values: number;
  syncs: number;
}

/** Years of business days, and of daily syncs. */
const MOST = 1000;

const COLUMNS = [
  'policy_number',
  'carrier',
  'contact',
  'record',
  'at',
  'name',
  'amount',
  'currency',
  'as_of',
  'status',
  'reason',
  'login',
  'asked_by',
];

const iso = (ms: number): string => new Date(ms).toISOString();

/** Letters and digits, so that every system takes it as the name of a file. */
export const fileNameOf = ({ number }: PolicyBrief): string =>
  `history-${
    number
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 40) || 'policy'
  }.csv`;

/**
 * Every value and every sync of a policy, newest first, a line each. Undefined when it is not theirs
 * to see. Text that a spreadsheet would run as a formula is kept from it.
 */
export const exportHistory = async (
  deps: HistoryDeps,
  actor: Actor,
  policyId: string,
): Promise<HistoryFile | undefined> => {
  const policy = await mayReadHistory(deps, actor, policyId);
  if (policy === undefined) return undefined;
  const values = await newestRecords(deps.store.db, [policyId], MOST);
  const attempts = await attemptsOf(deps.store, policyId, MOST);
  const about = {
    policy_number: policy.number,
    carrier: policy.carrierName,
    contact: policy.contactName,
  };
  const lines = [
    ...values.map(({ name, amount, asOf, observedAt }) => ({
      ...about,
      record: 'value',
      at: iso(observedAt),
      name,
      amount: amount.minor / 100,
      currency: amount.currency,
      as_of: asOf ?? '',
    })),
    ...attempts.map(({ at, status, reason, sourceName, askedBy }) => ({
      ...about,
      record: 'sync',
      at: iso(at),
      status,
      reason,
      login: sourceName,
      asked_by: askedBy.length === 0 ? 'daily sync' : askedBy.join('; '),
    })),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  const csv = stringify(lines, {
    bom: true,
    header: true,
    columns: COLUMNS,
    escape_formulas: true,
    cast: { number: (amount) => amount.toFixed(2) },
  });
  return {
    policy,
    fileName: fileNameOf(policy),
    csv,
    values: values.length,
    syncs: attempts.length,
  };
};
