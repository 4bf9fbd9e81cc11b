import { sql, type Kysely } from 'kysely';

/** Logins whose link has ended, while their background syncs still stand as if they ran next. */
const TABLE = `create table ended_link (
  source_id text not null primary key references login_source(id)) without rowid`;

export const endedLinks = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(TABLE).execute(db);
  },
};
