import { sql, type Kysely } from 'kysely';

/** Readings that are not believed until a person says so, and carriers that are not asked for now. */
const STATEMENTS = [
  // At most one is open for each policy; a later reading that is not believed either takes its place
  // in the same row. reading: JSON of what was read and why it is doubted. settled: accepted,
  // rejected, or overtaken by a reading that fits.
  `create table held_value (
    id text primary key,
    policy_id text not null references policy (id),
    sync_id text not null references sync (id),
    version integer not null default 1,
    reading text not null,
    held_at bigint not null,
    settled text,
    settled_by text references person (id),
    settled_at bigint)`,
  `create unique index held_value_open on held_value (policy_id) where settled is null`,

  // Every sync that read it: each of their cards shows how it stands.
  `create table held_sync (
    sync_id text primary key references sync (id),
    held_id text not null references held_value (id))`,
  `create index held_sync_held on held_sync (held_id)`,

  // A carrier is paused while paused_reason is set. paused_until: when one sync may try again; null
  // is never by itself. probe_sync_id, probe_until: which one tries now, and how long it may take.
  `update carrier set paused_reason = null where paused_until is null`,
  `alter table carrier add column probe_sync_id text`,
  `alter table carrier add column probe_until bigint`,
  `alter table carrier add column adapter_hash text`,

  // Each pause, for operators and for who waited. version counts what is worth telling, told_version
  // what the notice says of it.
  `create table carrier_pause (
    id text primary key,
    carrier_id text not null references carrier (id),
    reason text not null,
    began_at bigint not null,
    paused_by text references person (id),
    failures integer not null default 0,
    policies integer not null default 0,
    note text,
    picture text,
    trace text,
    probes integer not null default 0,
    ended_at bigint,
    ended_how text,
    ended_by text references person (id),
    version integer not null default 1,
    told_version integer not null default 0)`,
  `create unique index carrier_pause_open on carrier_pause (carrier_id) where ended_at is null`,
  `create index carrier_pause_ended on carrier_pause (carrier_id, ended_at)`,
  `create index carrier_pause_behind on carrier_pause (id) where told_version < version`,

  // Whose requests waited for the end of it, so that each thread is told once.
  `create table pause_wait (
    request_id text not null references request (id),
    pause_id text not null references carrier_pause (id),
    primary key (request_id, pause_id))`,
  `insert into carrier_pause (id, carrier_id, reason, began_at)
    select 'before-' || id, id, paused_reason, 0 from carrier where paused_reason is not null`,

  `create index sync_portal_changed on sync (finished_at) where reason = 'portal-changed'`,
];

export const doubt = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
