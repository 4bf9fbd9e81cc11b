import { sql, type Kysely } from 'kysely';

/**
 * Every table of the product. Portable between SQLite and Postgres: text ids (ULID), epoch
 * milliseconds as bigint, flags as 0/1, ISO dates and JSON as text.
 */
const TABLES = [
  // One row: what this database serves. A local workspace refuses one that has served a real team.
  `create table serving (id text primary key, team_id text not null, local integer not null)`,

  `create table person (
    id text primary key,
    slack_user_id text unique,
    email text unique,
    name text not null,
    role text not null,
    deactivated_at bigint)`,

  `create table carrier (
    id text primary key,
    name text not null,
    paused_until bigint,
    paused_reason text)`,

  `create table contact (
    id text primary key,
    external_id text not null unique,
    kind text not null,
    name text not null,
    email text,
    birth_year integer,
    city text,
    search text not null)`,
  `create index contact_name on contact (name, id)`,

  // Whose book a contact is in: one or more advisors.
  `create table book (
    contact_id text not null references contact (id),
    person_id text not null references person (id),
    primary key (contact_id, person_id))`,
  `create index book_person on book (person_id, contact_id)`,

  `create table product_status (name text primary key, indicator text not null)`,

  // number_key is the number normalized for comparison; number is what the firm wrote.
  `create table policy (
    id text primary key,
    external_id text not null unique,
    contact_id text not null references contact (id),
    carrier_id text not null references carrier (id),
    number text not null,
    number_key text not null,
    product_name text not null,
    product_type text not null,
    plan_type text not null,
    product_class text not null,
    status text not null references product_status (name),
    home_source_id text,
    updated_at bigint not null)`,
  `create index policy_number on policy (number_key)`,
  `create index policy_contact on policy (contact_id)`,
  `create index policy_carrier on policy (carrier_id, number_key)`,

  // consent_*: who agreed that the password is kept, and when.
  // lease_*: who may use this login now. The fence grows with each claim, so a late write is refused.
  `create table login_source (
    id text primary key,
    external_id text unique,
    carrier_id text not null references carrier (id),
    name text not null,
    holder_id text not null references person (id),
    linked integer not null,
    linked_at bigint,
    link_ends_at bigint,
    unlinked_reason text,
    automatic_sign_in integer not null default 0,
    consent_by text references person (id),
    consent_at bigint,
    held_until bigint,
    held_by text,
    not_before bigint not null default 0,
    lease_fence integer not null default 0,
    lease_holder text,
    lease_token text,
    lease_job_id text,
    lease_expires_at bigint not null default 0,
    removed_at bigint)`,
  `create index login_source_carrier on login_source (carrier_id)`,

  `create table source_share (
    source_id text not null references login_source (id),
    person_id text not null references person (id),
    primary key (source_id, person_id))`,

  // What a login was seen to see: for the picker's last success and "another login might".
  `create table source_policy (
    source_id text not null references login_source (id),
    policy_id text not null references policy (id),
    last_success_at bigint,
    last_absent_at bigint,
    primary key (source_id, policy_id))`,
  `create index source_policy_policy on source_policy (policy_id)`,

  // Sealed to the worker's public key; owner is the source or the sign-in it was typed for.
  `create table sealed_secret (
    owner_id text not null,
    kind text not null,
    source_id text not null,
    key_id text not null,
    sealed text not null,
    created_at bigint not null,
    expires_at bigint,
    primary key (owner_id, kind))`,

  // A person asked; linked_at, linked_source: when which login it waited for was linked. Version counts changes worth showing, shown_version what Slack has of them.
  `create table request (
    id text primary key,
    person_id text not null references person (id),
    kind text not null,
    policy_id text references policy (id),
    contact_id text references contact (id),
    dedupe_key text unique,
    asked_in text not null,
    channel text not null,
    channel_note text,
    created_at bigint not null,
    linked_at bigint,
    linked_source text,
    ended_at bigint,
    version integer not null default 1,
    shown_version integer not null default 0)`,
  `create index request_behind on request (id) where shown_version < version`,

  // A sync belongs to (policy, source); at most one is open for each pair.
  `create table sync (
    id text primary key,
    policy_id text not null references policy (id),
    source_id text not null references login_source (id),
    run_id text,
    priority integer not null,
    status text not null,
    reason text not null,
    detail text,
    tries integer not null default 0,
    not_before bigint not null default 0,
    fence integer,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint)`,
  `create unique index sync_open_pair on sync (policy_id, source_id)
    where status in ('queued', 'in-progress')`,
  `create index sync_open on sync (source_id, priority, id, not_before)
    where status in ('queued', 'in-progress')`,
  `create index sync_open_order on sync (priority, id, source_id)
    where status in ('queued', 'in-progress')`,
  `create unique index sync_run on sync (run_id, policy_id)`,
  `create index sync_policy on sync (policy_id, id)`,

  `create table request_sync (
    request_id text not null references request (id),
    sync_id text not null references sync (id),
    cancelled_at bigint,
    primary key (request_id, sync_id))`,
  `create index request_sync_sync on request_sync (sync_id)`,

  // A day's background work of one source: never twice a day.
  `create table background_run (
    id text primary key,
    source_id text not null references login_source (id),
    day text not null,
    created_at bigint not null,
    unique (source_id, day))`,

  // History: a row for each change of amount or as-of date.
  `create table policy_value (
    id text primary key,
    policy_id text not null references policy (id),
    sync_id text not null references sync (id),
    name text not null,
    minor bigint not null,
    currency text not null,
    as_of text not null,
    observed_at bigint not null)`,
  `create index policy_value_latest on policy_value (policy_id, name, id)`,

  // A person's sign-in through the link page, done by the worker; state walks one way.
  `create table sign_in (
    id text primary key,
    source_id text not null references login_source (id),
    link_id text not null,
    person_id text not null references person (id),
    state text not null,
    reason text,
    step text,
    code_hint text,
    store_password integer not null,
    fence integer,
    waiting_syncs integer not null default 0,
    codes_asked integer not null default 0,
    created_at bigint not null,
    code_wanted_at bigint,
    finished_at bigint)`,
  `create unique index sign_in_open on sign_in (source_id) where finished_at is null`,
  `create index sign_in_link on sign_in (link_id, id)`,

  // Written before a password is submitted, answered after; one without an answer blocks the next.
  `create table sign_in_try (
    id text primary key,
    source_id text not null references login_source (id),
    sign_in_id text,
    automatic integer not null,
    submitted_at bigint not null,
    outcome text)`,
  `create index sign_in_try_source on sign_in_try (source_id, id)`,

  `create table link (
    id text primary key,
    token_hash text not null unique,
    person_id text not null references person (id),
    source_id text not null references login_source (id),
    request_id text references request (id),
    browser_hash text,
    pairing_number text,
    confirmed_at bigint,
    created_at bigint not null,
    expires_at bigint not null,
    finished_at bigint,
    ended_reason text)`,

  `create table remembered_browser (
    browser_hash text not null,
    person_id text not null references person (id),
    expires_at bigint not null,
    primary key (browser_hash, person_id))`,

  // What Slack shows of a request, by key ("card", "end", ...).
  `create table message (
    request_id text not null references request (id),
    key text not null,
    channel text not null,
    ts text,
    content_hash text,
    sending_at bigint,
    posted_at bigint,
    primary key (request_id, key))`,

  // A daily session that gave way, one for each waiting force.
  `create table yield_token (
    source_id text primary key,
    yielded_source_id text not null,
    created_at bigint not null)`,

  // Events of Slack already handled, by business key.
  `create table handled (key text primary key, at bigint not null)`,

  `create table audit (
    id text primary key,
    at bigint not null,
    person_id text,
    action text not null,
    subject_type text not null,
    subject_id text not null,
    detail text)`,
  `create index audit_subject on audit (subject_type, subject_id, id)`,
];

export const start = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const table of TABLES) await sql.raw(table).execute(db);
    for (const verb of ['update', 'delete']) {
      await sql
        .raw(
          `create trigger audit_no_${verb} before ${verb} on audit
           begin select raise(abort, 'the audit is append-only'); end`,
        )
        .execute(db);
    }
  },
};
