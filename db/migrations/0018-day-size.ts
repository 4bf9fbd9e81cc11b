import { sql, type Kysely } from 'kysely';

const ENDED = `('success', 'not-found', 'needs-link', 'failed')`;

/** The login whose link the newest sync waits for, none if it waits for none. */
const BLOCKED = `(select case when newest.status = 'needs-link'
      or (newest.status = 'queued' and newest.reason = 'waiting-for-link')
    then newest.source_id end
  from (select s.status, s.reason, s.source_id from sync s
    where s.policy_id = new.policy_id and s.status <> 'cancelled'
    order by s.id desc limit 1) newest)`;

/** An update writes every index of a column that it names, changed or not: so only where it changes. */
const BLOCKED_CHANGED = `
  update policy_report set blocked_source_id = ${BLOCKED}
  where policy_id = new.policy_id and blocked_source_id is not ${BLOCKED};`;

const ENDED_CHANGED = `
  update policy_report set
    (last_status, last_reason, last_attempt_at) =
      (select coalesce(e.status, ''), e.reason, coalesce(e.finished_at, 0)
       from (select 1) left join (
         select s.status, s.reason, s.finished_at from sync s
         where s.policy_id = new.policy_id and s.status in ${ENDED} and s.finished_at is not null
         order by s.finished_at desc, s.id desc limit 1) e on true),
    last_success_at = case when new.status = 'success'
      then max(last_success_at, coalesce(new.finished_at, 0)) else last_success_at end
  where policy_id = new.policy_id;`;

const trigger = (name: string, when: string, body: string): string =>
  `create trigger report_${name} ${when} begin ${body} end`;

/**
 * What a day of 200,000 writes: the walk of the policies by their homes has an index in its order, and
 * a sync that is queued or begins leaves the report's indexes of what ended alone.
 */
const STATEMENTS = [
  `drop index policy_home`,
  `create index policy_home on policy (home_source_id, id) where home_source_id is not null`,
  `drop trigger report_sync_added`,
  `drop trigger report_sync_changed`,
  trigger('sync_added', 'after insert on sync', BLOCKED_CHANGED),
  trigger('ended_sync_added', `after insert on sync when new.status in ${ENDED}`, ENDED_CHANGED),
  trigger(
    'sync_changed',
    `after update of status, reason on sync when old.status <> new.status
       or (old.reason = 'waiting-for-link') <> (new.reason = 'waiting-for-link')`,
    BLOCKED_CHANGED,
  ),
  trigger(
    'sync_ended',
    `after update of status on sync when old.status <> new.status
       and (old.status in ${ENDED} or new.status in ${ENDED})`,
    ENDED_CHANGED,
  ),
];

export const daySize = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
