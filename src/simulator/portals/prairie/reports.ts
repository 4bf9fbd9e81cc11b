import { stringify } from 'csv-stringify/sync';
import { businessDaysBefore, lastValuedDay } from '#shared/calendar.ts';
import { OfficeFault, type ShownPolicy } from '../policy-data.ts';
import type { Office } from '../office.ts';

export interface Report {
  id: string;
  type: string;
  /** As the portal writes a day. */
  day: string;
  state: 'preparing' | 'ready' | 'failed';
}

interface Ordered extends Report {
  user: string;
  /** How often somebody looked whether it is ready: the first look comes too early. */
  looks: number;
  file?: string;
  /** Why there is none: an HTTP status. */
  status?: number;
}

const ALL = 'All policies';
export const TYPES = ['In force policies', ALL, 'Commissions'] as const;

const LOOKS_TOO_EARLY = 1;
/** Business days ago on which reports were ordered that are still in everybody's list. */
const OLDER = [5, 10, 20];

const usDate = (iso: string): string => `${iso.slice(5, 7)}/${iso.slice(8)}/${iso.slice(0, 4)}`;

const grouped = (amount: string): string =>
  Number.isNaN(Number(amount))
    ? amount
    : new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(Number(amount));

const linesOf = (policy: ShownPolicy): string[][] => {
  const facts = [policy.number, policy.owner, policy.product, policy.status];
  const lines = policy.values.map(({ name, amount, asOf }) => [
    ...facts,
    name,
    amount === undefined ? 'N/A' : grouped(amount),
    usDate(asOf),
  ]);
  return lines.length === 0 ? [[...facts, '', '', '']] : lines;
};

const HEADERS = [
  'Policy No.',
  'Insured',
  'Plan',
  'Policy Status',
  'Value Type',
  'Amount (USD)',
  'As Of',
];

const fileOf = (type: string, day: string, policies: readonly ShownPolicy[]): string => {
  const preamble = [
    ['Prairie States Life', 'Book of business'],
    ['Scope', type],
    ['Run on', day],
  ];
  if (policies.some((policy) => policy.changedPage))
    return stringify([['Contract', 'Total'], ...policies.map(({ number }) => [number, '1'])]);
  return stringify([
    ...preamble,
    [],
    HEADERS,
    ...policies.flatMap(linesOf),
    [`End of report: ${policies.length} policies`],
  ]);
};

/** Reports that agents ordered. Each is prepared once, and shown to who ordered it alone. */
export const createReports = (office: Office) => {
  const reports: Ordered[] = [];

  const prepare = async (report: Ordered): Promise<void> => {
    try {
      const openOnly = report.type !== ALL;
      const { rows } = await office.list(report.user, 0, Infinity, { openOnly });
      report.file = fileOf(report.type, report.day, rows);
      report.state = 'ready';
    } catch (error) {
      report.status = error instanceof OfficeFault ? error.status : 500;
      report.state = 'failed';
    }
  };

  /** Everybody's list has them from the start, with a policy that is long gone. */
  const older = (user: string): Ordered[] =>
    OLDER.map((ago) => {
      const iso = businessDaysBefore(lastValuedDay(office.now()), ago);
      const values = [{ name: 'Account Value', amount: '1.00', asOf: iso }];
      const gone = {
        number: 'PS-0001',
        product: 'Term 10',
        status: 'In Force',
        owner: 'Old Owner',
      };
      const file = fileOf(ALL, usDate(iso), [{ ...gone, values, changedPage: false }]);
      const id = `old-${ago}`;
      return { id, user, type: ALL, day: usDate(iso), looks: 0, state: 'ready', file };
    });

  return {
    order: (user: string, type: string): string => {
      const day = usDate(new Date(office.now()).toISOString().slice(0, 10));
      const id = String(1000 + reports.length);
      const report: Ordered = { id, user, type, day, looks: 0, state: 'preparing' };
      reports.push(report);
      void prepare(report);
      return id;
    },
    /** Newest first, those of earlier weeks at the end. */
    of: (user: string): readonly Report[] => [
      ...reports.filter((report) => report.user === user).toReversed(),
      ...older(user),
    ],
    /** Undefined when this user has no such report. */
    look: (user: string, id: string): Ordered | undefined => {
      const old = older(user).find((report) => report.id === id);
      if (old) return old;
      const found = reports.find((report) => report.id === id && report.user === user);
      if (!found) return undefined;
      found.looks += 1;
      return found.looks > LOOKS_TOO_EARLY ? found : { ...found, state: 'preparing' };
    },
  };
};
