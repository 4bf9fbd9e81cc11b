import { sql } from 'kysely';
import { WAITS_FOR_LINK_MS } from '#core/logins/link-wait.ts';
import type { Clock } from '#shared/clock.ts';
import type { SweepStore } from '../sweep.ts';
import { claimable, runnable } from './claims.ts';
import type { Database } from '#database/connection.ts';

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

export const sweepStore = (
  db: Database,
  clock: Clock,
): Pick<
  SweepStore,
  'sourcesWithForced' | 'sourcesWithDaily' | 'sourcesToReflect' | 'requestsBehind'
> => ({
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

  // A look at each login's own stretch of the index: sorting every open sync takes too long.
  sourcesWithDaily: async (limit) => {
    const now = clock();
    const { rows } = await sql<{ id: string }>`
      select w.id from (
        select l.id, (select min(s.id) from sync s
          where s.source_id = l.id and s.status = 'queued' and s.not_before <= ${now}) as oldest
        from login_source l join carrier c on c.id = l.carrier_id
        where l.lease_expires_at <= ${now} and ${runnable(now)}
      ) w where w.oldest is not null
      order by w.oldest limit ${limit}`.execute(db);
    return ids(rows);
  },

  sourcesToReflect: async () => {
    const { rows } = await sql<{ id: string }>`
      select distinct +s.source_id as id from sync s indexed by sync_forced join login_source l on l.id = s.source_id
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
