import { sql } from 'kysely';
import type { ValueRecord } from '../history.ts';
import type { KnownValue } from '../verdict.ts';
import type { Database } from '#database/connection.ts';
import { eachOf, joinedIn } from '#database/dialect.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import type { Store } from '#database/store.ts';

/** The column is empty where the carrier shows no date, as that of the report is. */
export const asOfIn = (column: string): string | undefined => (column === '' ? undefined : column);

/**
 * The newest values of each name of these policies, newest first. A policy has a value of a name for
 * each day: one step of the index finds the next name, and one each of its newest.
 */
export const newestRecords = async (
  db: Database,
  policyIds: readonly string[],
  perName: number,
): Promise<(ValueRecord & { policyId: string })[]> => {
  const newest = sql`select w.id from policy_value w
    where w.policy_id = n.policy_id and w.name = n.name order by w.id desc limit ${perName}`;
  const { rows } = await sql<{
    policy_id: string;
    name: string;
    minor: number;
    currency: string;
    as_of: string;
    observed_at: number;
  }>`
    with recursive names (policy_id, name) as (
      select value, '' from ${eachOf(policyIds)} these
      union all
      select n.policy_id, (select min(w.name) from policy_value w
        where w.policy_id = n.policy_id and w.name > n.name)
      from names n where n.name is not null)
    select v.policy_id, v.name, v.minor, v.currency, v.as_of, v.observed_at
    from names n ${joinedIn('policy_value', 'v', newest)}
    where n.name <> '' order by v.policy_id, v.name, v.id desc`.execute(db);
  return rows.map(({ policy_id, name, minor, currency, as_of, observed_at }) => ({
    policyId: policy_id,
    name,
    amount: { minor, currency },
    asOf: asOfIn(as_of),
    observedAt: observed_at,
  }));
};

/** The newest value of each name, of some policies. */
export const newestValues = async (
  db: Database,
  policyIds: readonly string[],
): Promise<Map<string, KnownValue[]>> => {
  const values = new Map<string, KnownValue[]>();
  for (const { policyId, name, amount, asOf } of await newestRecords(db, policyIds, 1))
    values.set(policyId, [...(values.get(policyId) ?? []), { name, amount, asOf }]);
  return values;
};

/** The newest value of each name of a policy. */
export const latestValues = async (db: Database, policyId: string): Promise<KnownValue[]> =>
  (await newestValues(db, [policyId])).get(policyId) ?? [];

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
