import { sql } from 'kysely';
import type { Store } from '#database/store.ts';

/** How far a step went: the last id looked at; none where there are no more. */
export interface Looked {
  last: string | undefined;
}

/**
 * Deletes what is of no more use among the next `limit` requests after `after` that ended before
 * `before` (epoch ms), with what Slack was sent of them. What a case, a meeting, a step or a link
 * tells of stays.
 */
export const forgetRequests = (
  { db }: Store,
  before: number,
  after: string,
  limit: number,
): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const looked = await trx
      .selectFrom('request')
      .select(['id', 'ended_at'])
      .where('id', '>', after)
      .where('created_at', '<', before)
      .orderBy('id')
      .limit(limit)
      .execute();
    const old = JSON.stringify(
      looked.flatMap(({ id, ended_at }) => (ended_at !== null && ended_at < before ? [id] : [])),
    );
    const { rows } = await sql<{ id: string }>`
      select r.value as id from json_each(${old}) r
      where not exists (select 1 from support_case c where c.request_id = r.value)
        and not exists (select 1 from meeting_request m where m.request_id = r.value)
        and not exists (select 1 from workflow_step w where w.request_id = r.value)
        and not exists (select 1 from pause_wait p where p.request_id = r.value)
        and not exists (select 1 from link l where l.request_id = r.value)`.execute(trx);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) {
      await trx.deleteFrom('subject_message').where('subject_id', 'in', ids).execute();
      await trx.deleteFrom('request_sync').where('request_id', 'in', ids).execute();
      await trx.deleteFrom('request').where('id', 'in', ids).execute();
    }
    return { last: looked.length < limit ? undefined : looked.at(-1)?.id };
  });

/**
 * The same for syncs: those that ended before, that no request, value, decision or case tells of, and
 * that a newer one of their policy has followed.
 */
export const forgetSyncs = (
  { db }: Store,
  before: number,
  after: string,
  limit: number,
): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const looked = await trx
      .selectFrom('sync')
      .select(['id', 'created_at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
    // Ids sort by the time they were made: the first that is young has only younger ones behind it.
    const old = looked.filter(({ created_at }) => created_at < before).map(({ id }) => id);
    await sql`
      delete from sync where id in (
        select s.id from json_each(${JSON.stringify(old)}) o join sync s on s.id = o.value
        where s.finished_at < ${before} and s.status not in ('queued', 'in-progress')
          and exists (select 1 from sync n where n.policy_id = s.policy_id and n.id > s.id
            and n.status in ('success', 'not-found', 'needs-link', 'failed'))
          and not exists (select 1 from request_sync r where r.sync_id = s.id)
          and not exists (select 1 from policy_value v where v.sync_id = s.id)
          and not exists (select 1 from held_value h where h.sync_id = s.id)
          and not exists (select 1 from held_sync h where h.sync_id = s.id)
          and not exists (select 1 from support_case c where c.sync_id = s.id))`.execute(trx);
    return {
      last: looked.length < limit || old.length < looked.length ? undefined : looked.at(-1)?.id,
    };
  });
