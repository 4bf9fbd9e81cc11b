import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import { runnable } from './claims.ts';
import { dayWantedAt } from './days-to-come.ts';
import { inLane } from './lanes.ts';
import { signsInByItself } from '#core/logins/store/consent.ts';
import { holdsLease, isFree } from '#core/logins/store/lease.ts';
import { useLink } from '#core/logins/store/link.ts';
import type { SecretKind } from '#database/sealed.ts';
import type { Lease } from '#core/logins/standing.ts';
import { REST, type Lane } from '#queue/sessions.ts';

/** Carriers with linked logins, in a lane or in all. */
export const carriersLinked = async ({ db }: Store, lane?: Lane): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('login_source as l')
      .innerJoin('login_link as k', 'k.source_id', 'l.id')
      .select('l.carrier_id')
      .distinct()
      .where('k.linked', '=', 1)
      .where('l.removed_at', 'is', null)
      .$if(lane !== undefined, (all) => all.where(inLane(lane ?? REST)))
      .execute()
  ).map(({ carrier_id }) => carrier_id);

const SESSION = 'session' satisfies SecretKind;

/**
 * Signed-in sessions at a carrier that nobody used since, and that are worth keeping: work of today
 * is left, or only a person could sign in again. None that is held, in use, or about to be used.
 */
export const idleSessions = async ({ db, clock }: Store, carrierId: string, usedBefore: number) => {
  const now = clock();
  const { rows } = await sql<{ id: string }>`
      select l.id from login_source l join carrier c on c.id = l.carrier_id
        join login_link k on k.source_id = l.id
      where l.carrier_id = ${carrierId} and ${runnable(now)} and ${isFree(now)}
        and k.used_at <= ${usedBefore} and k.ends_at > ${now}
        and exists (select 1 from sealed_secret e where e.owner_id = l.id and e.kind = ${SESSION})
        and (not (${signsInByItself(now)}) or ${dayWantedAt(now)} is not null or exists (
          select 1 from sync s where s.source_id = l.id and s.status = 'queued'))
      order by k.used_at`.execute(db);
  return rows.map(({ id }) => id);
};

export const markUsed = ({ db, clock }: Store, lease: Lease): Promise<void> =>
  db.transaction().execute(async (trx) => {
    if (await holdsLease(trx, lease)) await useLink(trx, clock(), lease.source.id);
  });
