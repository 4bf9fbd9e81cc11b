import type { Store } from '#database/store.ts';
import type { Lease } from '#core/logins/standing.ts';
import { holdsLease } from '#core/logins/store/lease.ts';
import { linkOf, noteEarlyEnd } from '#core/logins/store/link.ts';
import { judgeEnd, type SessionEndKind } from '../end-rules.ts';

/**
 * Writes that the portal ended the session of this login, and says what that looks like. Nothing is
 * written, and it is usual, where another session has the login by now.
 */
export const noteSessionEnd = async ({ db, clock }: Store, lease: Lease): Promise<SessionEndKind> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    if (!(await holdsLease(trx, lease))) return 'usual';
    const { used_at, ends_at, ended_early_at } = await linkOf(trx, lease.source.id);
    const kind = judgeEnd({ usedAt: used_at, endsAt: ends_at, endedEarlyAt: ended_early_at }, now);
    if (kind !== 'usual') await noteEarlyEnd(trx, now, lease.source.id);
    return kind;
  });
