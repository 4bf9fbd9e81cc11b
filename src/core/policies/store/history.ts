import type { Store } from '#database/store.ts';
import type { Reason, SyncStatus } from '#shared/outcome.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import type { Attempt } from '../history.ts';

/** Who asked for these syncs, by name. */
const askers = async (db: Database, syncIds: readonly string[]): Promise<Map<string, string[]>> => {
  const rows = await db
    .selectFrom('request_sync as rs')
    .innerJoin('request as r', 'r.id', 'rs.request_id')
    .innerJoin('person as p', 'p.id', 'r.person_id')
    .select(['rs.sync_id', 'p.name'])
    .distinct()
    .where('rs.sync_id', 'in', syncIds)
    .orderBy('p.name')
    .execute();
  return new Map(
    [...Map.groupBy(rows, ({ sync_id }) => sync_id)].map(([id, people]) => [
      id,
      people.map(({ name }) => name),
    ]),
  );
};

export const attemptsOf = async (
  { db }: Store,
  policyId: string,
  limit: number,
): Promise<Attempt[]> => {
  const rows = await db
    .selectFrom('sync as s')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .select(['s.id', 's.status', 's.reason', 's.created_at', 's.finished_at', 'l.name'])
    .where('s.policy_id', '=', policyId)
    .orderBy('s.id', 'desc')
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  const asked = await askers(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    status: row.status as SyncStatus,
    reason: row.reason as Reason,
    at: row.finished_at ?? row.created_at,
    sourceName: row.name,
    askedBy: asked.get(row.id) ?? [],
  }));
};

export const recordHistoryView = ({ db, clock }: Store, personId: string, policyId: string) =>
  audit(db, clock(), { personId, action: 'policy.history-viewed', policyId });

/** One line a policy, in one transaction: all of what somebody was shown, or none. */
export const recordValuesShown = (
  { db, clock }: Store,
  personId: string,
  policyIds: readonly string[],
) =>
  db.transaction().execute(async (trx) => {
    for (const policyId of policyIds)
      await audit(trx, clock(), { personId, action: 'policy.values-shown', policyId });
  });

export const recordHistoryExport = ({ db, clock }: Store, personId: string, policyId: string) =>
  audit(db, clock(), { personId, action: 'policy.history-exported', policyId });
