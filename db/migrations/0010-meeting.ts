import { sql, type Kysely } from 'kysely';

/** Contacts to be refreshed before a meeting with them, and what was done of it. */
const STATEMENTS = [
  // zone: the person's, in which the meeting was told; next_at: when to look at it again.
  `create table meeting (
    id text primary key,
    person_id text not null references person (id),
    contact_id text not null references contact (id),
    at bigint not null,
    zone text not null,
    created_at bigint not null,
    warn_at bigint not null,
    refresh_at bigint not null,
    cutoff_at bigint not null,
    next_at bigint not null,
    warned_at bigint,
    refreshed_at bigint,
    retried_at bigint,
    card_at bigint,
    ended_at bigint,
    ended_why text)`,
  `create index meeting_due on meeting (next_at) where ended_at is null`,
  `create index meeting_of on meeting (person_id, contact_id, at)`,
  `create unique index meeting_once on meeting (person_id, contact_id, at) where ended_at is null`,
  `create table meeting_request (
    meeting_id text not null references meeting (id),
    request_id text not null references request (id),
    primary key (meeting_id, request_id))`,
];

export const meeting = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
