import type { Database } from '#database/connection.ts';

/** What is known of one login, in one row. */
export const loginRow = async (db: Database, id = 'source') => {
  const row = await db
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .innerJoin('login_lease as e', 'e.source_id', 'l.id')
    .leftJoin('login_consent as g', 'g.source_id', 'l.id')
    .leftJoin('login_hold as o', 'o.source_id', 'l.id')
    .selectAll('k')
    .select(['l.removed_at', 'e.fence', 'e.not_before', 'e.expires_at as lease_expires_at'])
    .select(['g.person_id as consent_by', 'g.automatic', 'g.trusted_until', 'g.seed_refused'])
    .select('o.until as held_until')
    .where('l.id', '=', id)
    .executeTakeFirstOrThrow();
  return { ...row, automatic: row.automatic ?? 0 };
};

/** As if its link had been made, or had ended, in the database alone; of one login, or all. */
export const setLinked = async (db: Database, linked: boolean, id?: string): Promise<void> => {
  await db
    .updateTable('login_link')
    .set({ linked: linked ? 1 : 0 })
    .$if(id !== undefined, (update) => update.where('source_id', '=', id ?? ''))
    .execute();
};
