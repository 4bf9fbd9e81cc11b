import { sql } from 'kysely';
import type { Clock } from '#shared/clock.ts';
import type { IdleStore } from '../keep-alive.ts';
import { runnable } from './claims.ts';
import type { Database } from '#database/connection.ts';
import type { SecretKind } from '#database/secret-kind.ts';
import { signsInByItself } from '#core/logins/store/choices.ts';

const SESSION = 'session' satisfies SecretKind;

export const idleSessionStore = (
  db: Database,
  clock: Clock,
): Pick<IdleStore, 'idleSessions' | 'markUsed'> => ({
  idleSessions: async (carrierId, usedBefore) => {
    const now = clock();
    const { rows } = await sql<{ id: string }>`
      select l.id from login_source l join carrier c on c.id = l.carrier_id
      where l.carrier_id = ${carrierId} and ${runnable(now)} and l.lease_expires_at <= ${now}
        and l.used_at <= ${usedBefore} and l.link_ends_at > ${now}
        and exists (select 1 from sealed_secret e where e.owner_id = l.id and e.kind = ${SESSION})
        and (${signsInByItself(now)} = 0 or exists (
          select 1 from sync s where s.source_id = l.id and s.status = 'queued'))
      order by l.used_at`.execute(db);
    return rows.map(({ id }) => id);
  },

  markUsed: async ({ source, fence }) => {
    await db
      .updateTable('login_source')
      .set({ used_at: clock() })
      .where('id', '=', source.id)
      .where('lease_fence', '=', fence)
      .execute();
  },
});
