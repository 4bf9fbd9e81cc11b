import { sql, type Kysely } from 'kysely';

/**
 * What other systems are told: one row an event, written by triggers in the transaction that makes
 * it true, so that no writer can forget it, and only while somebody listens. For SQLite.
 */
const STATEMENTS = [
  // One row while a webhook is configured.
  `create table webhook_target (id integer primary key check (id = 1))`,

  // subject: the sync or the audit record it tells of. body: the JSON that was sent first, so that
  // every repeat says the same.
  `create table webhook_event (
    id text primary key,
    type text not null,
    subject_id text not null,
    policy_id text not null,
    created_at bigint not null,
    body text,
    tries integer not null default 0,
    not_before bigint not null default 0,
    delivered_at bigint,
    dead_at bigint)`,
  `create index webhook_event_open on webhook_event (policy_id, id)
    where delivered_at is null and dead_at is null`,
  `create index webhook_event_due on webhook_event (not_before, id)
    where delivered_at is null and dead_at is null`,
  `create index webhook_event_done on webhook_event (created_at)
    where delivered_at is not null or dead_at is not null`,
];

/** Sorts by the order in which the rows were written, also within one millisecond. */
const ID = `'evt_' || printf('%016x', (select coalesce(max(rowid), 0) + 1 from webhook_event))
  || lower(hex(randomblob(6)))`;

export const CORRECTED = `create trigger webhook_policy_corrected after insert on audit
  when new.action in ('policy.status-updated', 'policy.number-corrected')
    and exists (select 1 from webhook_target)
  begin
    insert into webhook_event (id, type, subject_id, policy_id, created_at)
    values (${ID}, new.action, new.id, new.subject_id, new.at);
  end`;

const TRIGGERS = [
  `create trigger webhook_sync_ended after update of status on sync
    when old.status <> new.status
      and new.status in ('success', 'not-found', 'needs-link', 'failed')
      and exists (select 1 from webhook_target)
    begin
      insert into webhook_event (id, type, subject_id, policy_id, created_at)
      values (${ID}, 'sync.finished', new.id, new.policy_id,
        coalesce(new.finished_at, cast(unixepoch('subsec') * 1000 as integer)));
    end`,
  CORRECTED,
];

export const webhook = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of [...STATEMENTS, ...TRIGGERS]) await sql.raw(statement).execute(db);
  },
};
