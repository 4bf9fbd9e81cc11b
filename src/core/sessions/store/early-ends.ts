import type { Store } from '#database/store.ts';
import type { Lease } from '#core/logins/standing.ts';
import { judgeEnd, type SessionEndKind } from '../end-rules.ts';

/**
 * Writes that the portal ended the session of this login, and says what that looks like. Nothing is
 * written, and it is usual, where another session has the login by now.
 */
export const noteSessionEnd = async (
  { db, clock }: Store,
  { source, fence }: Lease,
): Promise<SessionEndKind> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const row = await trx
      .selectFrom('login_source')
      .select(['used_at', 'link_ends_at', 'ended_early_at'])
      .where('id', '=', source.id)
      .where('lease_fence', '=', fence)
      .executeTakeFirst();
    if (row === undefined) return 'usual';
    const kind = judgeEnd(
      { usedAt: row.used_at, endsAt: row.link_ends_at, endedEarlyAt: row.ended_early_at },
      now,
    );
    if (kind !== 'usual')
      await trx
        .updateTable('login_source')
        .set({ ended_early_at: now })
        .where('id', '=', source.id)
        .execute();
    return kind;
  });
