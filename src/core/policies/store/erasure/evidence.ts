import { sql } from 'kysely';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Database } from '#database/connection.ts';

interface Evidence {
  /** Names of files. */
  files: string[];
  pauseIds: string[];
}

interface PauseRow {
  id: string;
  picture: string | null;
  trace: string | null;
  mine: number;
}

/**
 * Masked pictures and traces of a policy's syncs, and the pauses that have some of them. A sync that a
 * pause put back in the queue names its own no more, so each pause at its carrier that began since it
 * was asked for, and before it ended, may have them.
 */
export const evidenceOf = async (db: Database, policyId: string): Promise<Evidence> => {
  const syncs = await db
    .selectFrom('sync')
    .select('detail')
    .where('policy_id', '=', policyId)
    .where('detail', 'is not', null)
    .execute();
  const own = new Set(
    syncs.flatMap(({ detail }) => {
      const { picture = [], trace = [] } = JSON.parse(detail ?? '{}') as SyncDetail;
      return [picture, trace].flat();
    }),
  );
  const { rows: pauses } = await sql<PauseRow>`
    select k.id, k.picture, k.trace,
      case when exists (select 1 from sync s join login_source l on l.id = s.source_id
        where s.policy_id = ${policyId} and l.carrier_id = k.carrier_id and s.tries > 0
          and s.created_at <= k.began_at and coalesce(s.finished_at, k.began_at) >= k.began_at)
        then 1 else 0 end as mine
    from carrier_pause k where k.picture is not null or k.trace is not null`.execute(db);
  const theirs = pauses.filter(
    ({ picture, trace, mine }) => mine === 1 || own.has(picture ?? '') || own.has(trace ?? ''),
  );
  const files = theirs.flatMap(({ picture, trace }) => [picture ?? [], trace ?? []].flat());
  return { files: [...new Set([...own, ...files])], pauseIds: theirs.map(({ id }) => id) };
};

/** The pauses stay, and are shown without it. */
export const eraseFromPauses = async (db: Database, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  await db
    .updateTable('carrier_pause')
    .set((of) => ({ picture: null, trace: null, note: null, version: of('version', '+', 1) }))
    .where('id', 'in', ids)
    .execute();
};
