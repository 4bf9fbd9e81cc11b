import { COLUMNS } from '../file-kinds.ts';
import type { Database } from '#database/connection.ts';
import { newestValues } from '#core/policies/store/values.ts';

/** One policy with what is known of it. The columns of an import come first, so that it can be one. */
export type ExportLine = Record<string, string>;

const CHUNK = 500;

const OWN = [
  ...COLUMNS.policies.required,
  'product_type',
  'plan_type',
  'changed_at',
  'contact',
  'last_attempt_at',
  'last_status',
  'last_reason',
  'last_success_at',
  'home_source',
] as const;

const time = (ms: number): string => (ms === 0 ? '' : new Date(ms).toISOString());

/** Decimal, with a point and without thousands: "-1234.50". */
const decimal = (minor: number): string => (minor / 100).toFixed(2);

/** The columns of an export: two and a currency for each name of a value that any policy has. */
export const exportColumns = async (db: Database): Promise<string[]> => {
  const names = await db.selectFrom('policy_value').select('name').distinct().execute();
  const values = names.map(({ name }) => name).toSorted();
  return [...OWN, ...values.flatMap((name) => [name, `${name} currency`, `${name} as of`])];
};

/** Every policy, read in pieces so that any number fits in memory. */
export async function* exportLines(db: Database): AsyncGenerator<ExportLine> {
  let after = '';
  for (;;) {
    const rows = await db
      .selectFrom('policy as p')
      .innerJoin('contact as c', 'c.id', 'p.contact_id')
      .innerJoin('policy_report as r', 'r.policy_id', 'p.id')
      .leftJoin('login_source as l', 'l.id', 'p.home_source_id')
      .selectAll('p')
      .select(['c.external_id as contact_key', 'c.name as contact', 'l.name as home_source'])
      .select(['r.last_status', 'r.last_reason', 'r.last_attempt_at', 'r.last_success_at'])
      .where('p.id', '>', after)
      .orderBy('p.id')
      .limit(CHUNK)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    const values = await newestValues(
      db,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      const line: Record<(typeof OWN)[number], string> = {
        policy_id: row.external_id,
        contact_id: row.contact_key,
        carrier: row.carrier_id,
        number: row.number,
        product: row.product_name,
        status: row.status,
        product_type: row.product_type,
        plan_type: row.plan_type,
        changed_at: time(row.updated_at),
        contact: row.contact,
        last_attempt_at: time(row.last_attempt_at),
        last_status: row.last_status,
        last_reason: row.last_reason ?? '',
        last_success_at: time(row.last_success_at),
        home_source: row.home_source ?? '',
      };
      const amounts = (values.get(row.id) ?? []).flatMap(({ name, amount, asOf }) => [
        [name, decimal(amount.minor)],
        [`${name} currency`, amount.currency],
        [`${name} as of`, asOf ?? ''],
      ]);
      yield { ...line, ...(Object.fromEntries(amounts) as ExportLine) };
    }
    after = last.id;
  }
}
