import { sql, type Kysely } from 'kysely';

/** What the firm says that a carrier's status words mean, and the policies that wait for such a word. */
export const statusWords = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of [
      // key: the word as it is compared. taught_by: null where a file said it.
      `create table status_word (
        carrier_id text not null references carrier (id),
        key text not null,
        word text not null,
        standing text not null,
        taught_by text references person (id),
        taught_at bigint not null,
        primary key (carrier_id, key))`,
      // The newest sync of a policy whose status nobody knows; gone once one is understood.
      `create table status_wait (
        policy_id text primary key references policy (id) on delete cascade,
        carrier_id text not null,
        key text not null,
        sync_id text not null)`,
      `create index status_wait_word on status_wait (carrier_id, key)`,
    ])
      await sql.raw(statement).execute(db);
  },
};
