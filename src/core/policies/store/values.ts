import { sql } from 'kysely';
import type { KnownValue } from '../verdict.ts';
import type { Database } from '#database/connection.ts';
import { eachOf } from '#database/dialect.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import type { Store } from '#database/store.ts';

/** The column is empty where the carrier shows no date, as that of the report is. */
export const asOfIn = (column: string): string | undefined => (column === '' ? undefined : column);

/** The newest value of each name of a policy. */
export const latestValues = async (db: Database, policyId: string): Promise<KnownValue[]> => {
  const rows = await db
    .selectFrom('policy_value as v')
    .select(['v.name', 'v.minor', 'v.currency', 'v.as_of'])
    .where('v.policy_id', '=', policyId)
    .where('v.id', 'in', (of) =>
      of
        .selectFrom('policy_value as newest')
        .select(sql<string>`max(newest.id)`.as('id'))
        .where('newest.policy_id', '=', policyId)
        .groupBy('newest.name'),
    )
    .orderBy('v.name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    amount: { minor: row.minor, currency: row.currency },
    asOf: asOfIn(row.as_of),
  }));
};

/** Adds to the history what differs from the newest that is known. */
export const keepValues = async (
  trx: Database,
  { nextId, now }: { nextId: () => string; now: number },
  policyId: string,
  syncId: string,
  values: readonly KnownValue[],
) => {
  const known = new Map((await latestValues(trx, policyId)).map((value) => [value.name, value]));
  const fresh = values.filter(({ name, amount, asOf }) => {
    const old = known.get(name);
    return (
      old === undefined ||
      old.amount.minor !== amount.minor ||
      old.amount.currency !== amount.currency ||
      old.asOf !== asOf
    );
  });
  if (fresh.length === 0) return;
  await trx
    .insertInto('policy_value')
    .values(
      fresh.map(({ name, amount, asOf }) => ({
        id: nextId(),
        policy_id: policyId,
        sync_id: syncId,
        name,
        minor: amount.minor,
        currency: amount.currency,
        as_of: asOf ?? '',
        observed_at: now,
      })),
    )
    .execute();
  // A portal that no longer shows dates: the last one it showed says nothing of what it shows now.
  if (values.every(({ asOf }) => asOf === undefined))
    await trx
      .updateTable('policy_report')
      .set({ as_of: '' })
      .where('policy_id', '=', policyId)
      .where('as_of', '<>', '')
      .execute();
};

/**
 * Deletes values from before that another one of before has followed: what was so at that time stays,
 * and with it the newest of each name and where a chart begins.
 */
export const forgetValues = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'policy_value', step);
    await sql`delete from policy_value where id in (select value from ${eachOf(old)} o)
      and exists (select 1 from policy_value n where n.policy_id = policy_value.policy_id
        and n.name = policy_value.name and n.id > policy_value.id
        and n.observed_at < ${step.before})`.execute(trx);
    return { last };
  });
