import { sql, type Kysely } from 'kysely';

/** Workers as they last told of themselves, and the carriers that each is bound to. */
export const workers = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    const tables = [
      `create table worker (
        name text primary key,
        began_at bigint not null,
        seen_at bigint not null)`,
      `create table worker_carrier (
        worker text not null references worker (name),
        carrier_id text not null,
        primary key (worker, carrier_id))`,
      `create index worker_carrier_of on worker_carrier (carrier_id)`,
    ];
    for (const table of tables) await sql.raw(table).execute(db);
  },
};
