import { sql, type Kysely } from 'kysely';

/** The firm's day of background work: when it began, which logins still want theirs, and books read. */
const STATEMENTS = [
  // A day begins when its background work is queued; what ended since is done for the day.
  // open_books: whether advisors could see every contact on that day.
  `create table work_day (
    day text primary key,
    starts_at bigint not null,
    open_books integer not null)`,

  // Set whenever a login becomes linked, cleared when its day has been queued since.
  `alter table login_source add column day_wanted_at bigint`,
  `create index login_source_day_wanted on login_source (id) where day_wanted_at is not null`,
  `create trigger login_source_linked after update of linked_at on login_source
    when new.linked = 1 and new.linked_at is not null
    begin update login_source set day_wanted_at = new.linked_at where id = new.id; end`,

  `create index policy_homeless on policy (carrier_id, id) where home_source_id is null`,

  // A day leaves as many rows as there are policies: what asks for a login's, or for people's, walks
  // only those.
  `create index sync_source on sync (source_id, status)`,
  `create index sync_forced on sync (created_at) where priority = 1`,

  // The newest reading of a login's whole book. entries: of the newest that was believed, to compare with.
  `create table book_reading (
    source_id text primary key references login_source (id),
    read_at bigint not null,
    ended text not null,
    entries integer)`,
];

export const day = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
