import { sql, type Kysely } from 'kysely';

/**
 * Counts what was deleted or replaced of secrets, and how much of it is known to be overwritten in
 * the files. The first count stands for what an earlier program has left in them.
 */
const STATEMENTS = [
  `create table deletion (
    id integer primary key check (id = 1),
    made integer not null,
    wiped integer not null
  )`,
  `insert into deletion (id, made, wiped) values (1, 1, 0)`,
  ...['delete', 'update of sealed'].map(
    (change, index) => `create trigger deletion_${index} after ${change} on sealed_secret
      begin update deletion set made = made + 1; end`,
  ),
];

export const deletions = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
