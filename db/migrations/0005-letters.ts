import { sql, type Kysely } from 'kysely';

/** What we tell by ourselves, what Slack shows of any subject, and when daily tasks ran. */
const STATEMENTS = [
  // One table for what was sent of every subject: requests had one of their own.
  `insert into subject_message
    select request_id, key, channel, ts, content_hash, sending_at, posted_at from message`,
  `drop table message`,

  // A message that nobody asked for: a digest, a warning, a notice. name: what it is told once of,
  // as "2026-11-22" of kind digest; about: its data as JSON, for the pure function that draws it.
  `create table letter (
    id text primary key,
    kind text not null,
    name text not null,
    channel text not null,
    about text not null,
    created_at bigint not null,
    version integer not null default 1,
    shown_version integer not null default 0,
    unique (kind, name))`,
  `create index letter_behind on letter (id) where shown_version < version`,

  // A task of the firm's day: claimed by one process, done once.
  `create table task_run (
    task text not null,
    day text not null,
    claimed_at bigint not null,
    done_at bigint,
    primary key (task, day))`,
];

export const letters = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
