import { sql } from 'kysely';
import { WAITS_FOR_LINK_MS } from '#domain/link-wait.ts';
import type { Clock } from '#sync/clock.ts';
import type { SweepStore } from '#sync/sweep.ts';
import { claimable } from './claims.ts';
import type { Database } from './database.ts';

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

export const sweepStore = (
  db: Database,
  clock: Clock,
): Omit<SweepStore, 'reflectSource' | 'casesBehind' | 'lettersBehind' | 'codesBehind'> => ({
  sourcesWithForced: async () => {
    const now = clock();
    const { rows } = await sql<{ id: string }>`
      select distinct s.source_id as id from ${claimable(now)}
        and s.priority = 1 and l.lease_expires_at <= ${now}
      union
      select l.id from sign_in i join login_source l on l.id = i.source_id
        where i.finished_at is null and l.lease_expires_at <= ${now}`.execute(db);
    return ids(rows);
  },

  sourcesWithDaily: async (limit) => {
    const now = clock();
    const { rows } = await sql<{ id: string }>`
      select s.source_id as id from ${claimable(now)} and l.lease_expires_at <= ${now}
      group by s.source_id order by min(s.priority), min(s.id) limit ${limit}`.execute(db);
    return ids(rows);
  },

  sourcesToReflect: async () => {
    const { rows } = await sql<{ id: string }>`
      select distinct s.source_id as id from sync s join login_source l on l.id = s.source_id
      where l.linked = 1 and s.priority = 1 and s.created_at > ${clock() - WAITS_FOR_LINK_MS}
        and (s.status = 'needs-link' or (s.status = 'queued' and s.reason = 'waiting-for-link'))
      `.execute(db);
    return ids(rows);
  },

  requestsBehind: async (limit) =>
    ids(
      await db
        .selectFrom('request')
        .select('id')
        .whereRef('shown_version', '<', 'version')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    ),
});
