import { sql, type Kysely } from 'kysely';

/** Calendars that people gave, and what of their next days names a contact of the book. */
const STATEMENTS = [
  // The address itself is sealed, among the secrets. Problem: why it could not be read, since when.
  `create table calendar (
    person_id text primary key references person (id),
    zone text not null,
    added_at bigint not null,
    next_at bigint not null,
    read_at bigint,
    failures integer not null default 0,
    problem text,
    told_at bigint)`,
  `create index calendar_next on calendar (next_at)`,
  `create index calendar_broken on calendar (person_id) where problem is not null and told_at is null`,

  // One occurrence. Series: of all occurrences of one event. Contacts: JSON, the ids it may mean.
  `create table calendar_event (
    person_id text not null references person (id),
    key text not null,
    series text not null,
    at bigint not null,
    title text not null,
    contacts text not null,
    state text not null,
    meeting_id text,
    primary key (person_id, key))`,
  `create index calendar_event_state on calendar_event (state, person_id, at)`,

  // Whom a doubtful event means, as its person said; without a contact, nobody.
  `create table calendar_choice (
    person_id text not null references person (id),
    series text not null,
    contact_id text,
    at bigint not null,
    primary key (person_id, series))`,
];

export const calendars = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
