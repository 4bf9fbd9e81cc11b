import type { Kysely } from 'kysely';

/** The adapter that a person said yes to when a page was no longer understood: workers load that one. */
export const mendedAdapters = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await db.schema.alterTable('carrier').addColumn('mended_hash', 'text').execute();
  },
};
