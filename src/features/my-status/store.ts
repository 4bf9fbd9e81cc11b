import { isOpen } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import { WAITS_FOR_LINK_MS } from '#core/logins/standing.ts';

/**
 * The person's requests that wait or run, those of the last day that a link would set going again,
 * and those whose values somebody must confirm; newest first.
 */
export const openRequests = async (
  { db, clock }: Store,
  personId: string,
  limit: number,
): Promise<{ ids: string[]; total: number }> => {
  const { rows } = await sql<{ id: string; total: number }>`
      select r.id, count(*) over () as total from request r
      where r.person_id = ${personId} and r.created_at > ${clock() - 7 * WAITS_FOR_LINK_MS}
        and exists (
          select 1 from request_sync rs
          join sync s on s.id = rs.sync_id join login_link k on k.source_id = s.source_id
          where rs.request_id = r.id and rs.cancelled_at is null
            and (${isOpen('s')}
              or (s.status = 'needs-link' and k.linked = 0
                and s.created_at > ${clock() - WAITS_FOR_LINK_MS})
              or exists (select 1 from held_sync hs join held_value h on h.id = hs.held_id
                where hs.sync_id = s.id and h.settled is null)))
      order by r.id desc limit ${limit}`.execute(db);
  return { ids: rows.map(({ id }) => id), total: rows[0]?.total ?? 0 };
};
