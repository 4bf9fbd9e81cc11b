import { sql, type RawBuilder } from 'kysely';
import { indexedBy, orderedJoin } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import { lockPeople } from '#database/locks.ts';
import { WAITS_FOR_LINK_MS } from '#core/logins/standing.ts';
import { takeOff } from './cancels.ts';

/**
 * What waits in requests of people whose access has ended: queued, or for a link that may still come.
 * From each person by the index of what goes on, and by that of what a link may still wake.
 */
const waitingOfEnded = async ({ db, clock }: Store, limit: number) => {
  const theirs = (index: string, which: RawBuilder<unknown>) => sql`
    select r.id, p.id as person_id from person p ${orderedJoin} request r ${indexedBy(index)}
      on r.person_id = p.id
    where p.deactivated_at is not null and ${which}
      and exists (select 1 from request_sync rs join sync s on s.id = rs.sync_id
        where rs.request_id = r.id and rs.cancelled_at is null
          and s.status in ('queued', 'needs-link'))`;
  const { rows } = await sql<{ id: string; person_id: string }>`
    ${theirs('request_live', sql`r.ended_at is null`)}
    union ${theirs('request_person', sql`r.created_at > ${clock() - WAITS_FOR_LINK_MS}`)}
    limit ${limit}`.execute(db);
  return rows;
};

/**
 * Takes the requests of people who have left off what waits for them, each in a transaction of its own,
 * since somebody may have hundreds; the requests that are to be shown so.
 */
export const cancelOfEnded = async (store: Store, limit: number): Promise<string[]> => {
  const { db, clock } = store;
  const cancelled: string[] = [];
  for (const { id, person_id: personId } of await waitingOfEnded(store, limit)) {
    const done = await db.transaction().execute(async (trx) => {
      await lockPeople(trx, [personId]);
      const gone = await trx
        .selectFrom('person')
        .select('id')
        .where('id', '=', personId)
        .where('deactivated_at', 'is not', null)
        .executeTakeFirst();
      return gone !== undefined && (await takeOff(trx, clock(), id, null));
    });
    if (done) cancelled.push(id);
  }
  return cancelled;
};
