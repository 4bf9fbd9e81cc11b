import { sql } from 'kysely';
import { eachOf } from '#database/dialect.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import type { Store } from '#database/store.ts';

/**
 * Deletes what is of no more use among the next requests that ended before, with what Slack was sent
 * of them. What a case tells of stays, and what a step of a workflow still waits for.
 */
export const forgetRequests = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { before } = step;
    const { old, last } = await oldRows(trx, 'request', step);
    const { rows } = await sql<{ id: string }>`
      select r.id from ${eachOf(old)} o join request r on r.id = o.value
      where r.ended_at < ${before}
        and not exists (select 1 from support_case c where c.request_id = r.id)
        and not exists (select 1 from workflow_step w
          where w.request_id = r.id and w.completed_at is null)`.execute(trx);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return { last };
    for (const table of ['pause_wait', 'meeting_request', 'workflow_step', 'request_sync'] as const)
      await trx.deleteFrom(table).where('request_id', 'in', ids).execute();
    await trx
      .updateTable('link')
      .set({ request_id: null })
      .where('request_id', 'in', ids)
      .execute();
    await trx.deleteFrom('subject_message').where('subject_id', 'in', ids).execute();
    await trx.deleteFrom('request').where('id', 'in', ids).execute();
    return { last };
  });

/**
 * The same for syncs: those that ended before, that no request or case tells of, that a newer one of
 * their policy has followed, and that did not read what a person has decided on or is to decide on.
 */
export const forgetSyncs = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { before } = step;
    const { old, last } = await oldRows(trx, 'sync', step);
    const { rows } = await sql<{ id: string }>`
      select s.id from ${eachOf(old)} o join sync s on s.id = o.value
      where s.finished_at < ${before} and s.status not in ('queued', 'in-progress')
        and exists (select 1 from sync n where n.policy_id = s.policy_id and n.id > s.id
          and n.status in ('success', 'not-found', 'needs-link', 'failed'))
        and not exists (select 1 from request_sync r where r.sync_id = s.id)
        and not exists (select 1 from held_value h where h.sync_id = s.id)
        and not exists (select 1 from support_case c where c.sync_id = s.id)`.execute(trx);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return { last };
    await trx.deleteFrom('held_sync').where('sync_id', 'in', ids).execute();
    await trx.deleteFrom('sync').where('id', 'in', ids).execute();
    return { last };
  });

/** Deletes values that were settled before, as far as no request shows them any more. */
export const forgetHeld = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'held_value', step);
    const { rows } = await sql<{ id: string }>`
      select h.id from ${eachOf(old)} o join held_value h on h.id = o.value
      where h.settled_at < ${step.before}
        and not exists (select 1 from held_sync s join request_sync r on r.sync_id = s.sync_id
          where s.held_id = h.id)`.execute(trx);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return { last };
    await trx.deleteFrom('held_sync').where('held_id', 'in', ids).execute();
    await trx.deleteFrom('held_value').where('id', 'in', ids).execute();
    return { last };
  });

/** Deletes pauses that ended before, as far as no request tells of them any more. */
export const forgetPauses = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'carrier_pause', step);
    await sql`delete from carrier_pause where id in (select value from ${eachOf(old)} o)
      and ended_at < ${step.before}
      and not exists (select 1 from pause_wait w where w.pause_id = carrier_pause.id)`.execute(trx);
    return { last };
  });

/** Deletes the next runs of days that began before. */
export const forgetRuns = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'background_run', step);
    await sql`delete from background_run where id in (select value from ${eachOf(old)} o)`.execute(
      trx,
    );
    return { last };
  });
