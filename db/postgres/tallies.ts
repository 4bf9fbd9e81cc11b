import { TALLY_HOUR_MS } from '../migrations/0002-report.ts';

/** What is counted, of a row `r`: its key, and the rows that have one. */
export const TALLIES = [
  { kind: 'all', of: 'carrier_id', key: () => `''`, when: () => 'true' },
  {
    kind: 'status',
    of: 'carrier_id, last_status',
    key: (r: string) => `${r}.last_status`,
    when: (r: string) => `${r}.last_status <> ''`,
  },
  {
    kind: 'success-hour',
    of: 'carrier_id, syncable, last_success_at',
    key: (r: string) => `lpad((${r}.last_success_at / ${TALLY_HOUR_MS})::text, 6, '0')`,
    when: (r: string) => `${r}.syncable = 1`,
  },
  {
    kind: 'as-of',
    of: 'carrier_id, syncable, product_class, as_of',
    key: (r: string) => `${r}.product_class || ' ' || ${r}.as_of`,
    when: (r: string) => `(${r}.syncable = 1 and ${r}.as_of <> '')`,
  },
  {
    kind: 'blocked',
    of: 'carrier_id, blocked_source_id',
    key: (r: string) => `${r}.blocked_source_id`,
    when: (r: string) => `${r}.blocked_source_id is not null`,
  },
];
