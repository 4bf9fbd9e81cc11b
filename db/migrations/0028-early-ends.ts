import { sql, type Kysely } from 'kysely';

/** When the portal last ended a session of this login soon after it was used, epoch ms. */
export const earlyEnds = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(`alter table login_source add column ended_early_at bigint`).execute(db);
  },
};
