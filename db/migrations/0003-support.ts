import { sql, type Kysely } from 'kysely';

/** Cases that people bring to support, and what Slack shows of subjects that are no requests. */
const TABLES = [
  // number: what people call it. Version counts changes worth showing, shown_version what Slack has.
  `create table support_case (
    id text primary key,
    number integer not null unique,
    request_id text not null references request (id),
    sync_id text not null references sync (id),
    policy_id text not null references policy (id),
    asked_by text not null references person (id),
    note text,
    channel text not null,
    opened_at bigint not null,
    closed_at bigint,
    closed_by text references person (id),
    version integer not null default 1,
    shown_version integer not null default 0)`,
  `create unique index support_case_open on support_case (request_id, sync_id)
    where closed_at is null`,
  `create index support_case_policy on support_case (policy_id) where closed_at is null`,
  `create index support_case_request on support_case (request_id)`,
  `create index support_case_behind on support_case (id) where shown_version < version`,

  `create table support_reply (
    id text primary key,
    case_id text not null references support_case (id),
    person_id text not null references person (id),
    text text not null,
    at bigint not null)`,
  `create index support_reply_case on support_reply (case_id, id)`,

  // As message is for requests.
  `create table subject_message (
    subject_id text not null,
    key text not null,
    channel text not null,
    ts text,
    content_hash text,
    sending_at bigint,
    posted_at bigint,
    primary key (subject_id, key))`,
];

export const support = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const table of TABLES) await sql.raw(table).execute(db);
  },
};
