import { sql, type Kysely } from 'kysely';

/**
 * A login is what it is in login_source; its link, its lease, its consent and its hold have a table
 * each, with one file that writes it.
 */
const TABLES = [
  // Whether the portal lets us in, until when, and since when it does not.
  // code_step: the last step of the authenticator whose code was used: no code is given twice.
  // used_at: when the signed-in session was used last. ended_early_at: when the portal last ended one
  // soon after it was used. day_wanted_at: linked, and the day's work is not queued since.
  `create table login_link (
    source_id text primary key references login_source (id) on delete cascade,
    linked integer not null default 0,
    linked_at bigint,
    ends_at bigint,
    unlinked_reason text,
    unlinked_at bigint,
    unlinked_told integer not null default 1,
    password_ends text,
    code_step bigint,
    used_at bigint,
    ended_early_at bigint,
    day_wanted_at bigint) without rowid`,

  // Who may use the login now. The fence grows with each claim, so a late write is refused.
  // not_before: until then the login rests.
  `create table login_lease (
    source_id text primary key references login_source (id) on delete cascade,
    fence integer not null default 0,
    holder text,
    token text,
    job_id text,
    expires_at bigint not null default 0,
    not_before bigint not null default 0) without rowid`,

  // Who agreed that the password is kept, and what else is kept by it; no row, no consent.
  // automatic: the password alone signs in. trusted_until: the portal remembers the device.
  // seed_refused: the set-up key gave a code that was refused: it gives none until it is entered anew.
  `create table login_consent (
    source_id text primary key references login_source (id) on delete cascade,
    person_id text not null references person (id),
    at bigint not null,
    automatic integer not null default 0,
    trusted_until bigint,
    seed_refused integer not null default 0) without rowid`,

  // Somebody is in the portal until then; no row, no hold.
  `create table login_hold (
    source_id text primary key references login_source (id) on delete cascade,
    until bigint not null,
    person_id text) without rowid`,
];

const ROWS = [
  `insert into login_link (source_id, linked, linked_at, ends_at, unlinked_reason, unlinked_at,
      unlinked_told, password_ends, code_step, used_at, ended_early_at, day_wanted_at)
    select id, linked, linked_at, link_ends_at, unlinked_reason, unlinked_at,
      unlinked_told, password_ends, code_step, used_at, ended_early_at, day_wanted_at
    from login_source`,
  `insert into login_lease (source_id, fence, holder, token, job_id, expires_at, not_before)
    select id, lease_fence, lease_holder, lease_token, lease_job_id, lease_expires_at, not_before
    from login_source`,
  `insert into login_consent (source_id, person_id, at, automatic, trusted_until, seed_refused)
    select id, consent_by, coalesce(consent_at, 0), automatic_sign_in, trusted_until, seed_refused
    from login_source where consent_by is not null`,
  `insert into login_hold (source_id, until, person_id)
    select id, held_until, held_by from login_source where held_until is not null`,
];

const MOVED = [
  'linked',
  'linked_at',
  'link_ends_at',
  'unlinked_reason',
  'unlinked_at',
  'unlinked_told',
  'password_ends',
  'code_step',
  'used_at',
  'ended_early_at',
  'day_wanted_at',
  'lease_fence',
  'lease_holder',
  'lease_token',
  'lease_job_id',
  'lease_expires_at',
  'not_before',
  'consent_by',
  'consent_at',
  'automatic_sign_in',
  'trusted_until',
  'seed_refused',
  'held_until',
  'held_by',
];

const STATEMENTS = [
  ...TABLES,
  ...ROWS,
  `drop trigger login_source_linked`,
  `drop index login_source_day_wanted`,
  `drop index login_source_untold`,
  ...MOVED.map((column) => `alter table login_source drop column ${column}`),

  `create index login_link_day_wanted on login_link (source_id) where day_wanted_at is not null`,
  `create index login_link_untold on login_link (source_id) where unlinked_told = 0`,
  `create index login_lease_holder on login_lease (holder) where holder is not null`,
  `create index login_consent_person on login_consent (person_id)`,
  `create trigger login_link_linked after update of linked_at on login_link
    when new.linked = 1 and new.linked_at is not null
    begin update login_link set day_wanted_at = new.linked_at where source_id = new.source_id; end`,
  // No writer can forget them: a login without them could be neither linked nor leased.
  `create trigger login_source_parts after insert on login_source
    begin
      insert into login_link (source_id) values (new.id);
      insert into login_lease (source_id) values (new.id);
    end`,
];

export const loginParts = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
