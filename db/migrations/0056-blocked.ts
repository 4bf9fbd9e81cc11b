import { sql, type Kysely } from 'kysely';
import type { Step } from '../step.ts';

/**
 * What needs a link is one fact: the login that a policy waits for, if it may be synced. A policy that
 * becomes inactive while it waits is read by no link, so its row names none.
 */
const IS_BLOCKED = `s.status = 'needs-link'
  or (s.status = 'queued' and s.reason = 'waiting-for-link')`;

const NEWEST = `from sync s where s.policy_id = new.policy_id and s.status <> 'cancelled'
  order by s.id desc limit 1`;

const BLOCKED = `(select case when ${IS_BLOCKED} then s.source_id end ${NEWEST})`;

/** Of a row of the report `r` in a trigger on sync: an update writes every index of what it names. */
const SYNC_CHANGED = `
  update policy_report set blocked_source_id = case when syncable = 1 then ${BLOCKED} end
  where policy_id = new.policy_id
    and blocked_source_id is not case when syncable = 1 then ${BLOCKED} end;`;

const trigger = (name: string, when: string, body: string): string =>
  `create trigger report_${name} ${when} begin ${body} end`;

const FORGET = `update policy_report set blocked_source_id = null
  where blocked_source_id is not null and syncable = 0`;

const run =
  (statements: readonly string[]) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

export const blocked: Step = {
  up: run([
    `drop trigger report_sync_added`,
    `drop trigger report_sync_changed`,
    trigger('sync_added', 'after insert on sync', SYNC_CHANGED),
    trigger(
      'sync_changed',
      `after update of status, reason on sync when old.status <> new.status
         or (old.reason = 'waiting-for-link') <> (new.reason = 'waiting-for-link')`,
      SYNC_CHANGED,
    ),
    trigger(
      'syncable_changed',
      'after update of syncable on policy_report when old.syncable <> new.syncable',
      SYNC_CHANGED,
    ),
    FORGET,
  ]),
};

const ON_POSTGRES = `
  select case when ${IS_BLOCKED} then s.source_id end into blocked ${NEWEST};
  update policy_report set blocked_source_id = case when syncable = 1 then blocked end
    where policy_id = new.policy_id
      and blocked_source_id is distinct from case when syncable = 1 then blocked end;`;

const written = (name: string): string =>
  `create or replace function report_${name}() returns trigger language plpgsql as $$
   declare blocked text;
   begin ${ON_POSTGRES} return null; end $$`;

export const blockedOnPostgres: Step = {
  up: run([
    written('sync_added'),
    written('sync_changed'),
    written('syncable_changed'),
    `create trigger report_syncable_changed after update of syncable on policy_report
      for each row when (old.syncable <> new.syncable) execute function report_syncable_changed()`,
    FORGET,
  ]),
};
