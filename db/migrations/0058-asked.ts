import type { Kysely } from 'kysely';
import type { Step } from '../step.ts';

/** A row is written here, and taken away, to find out whether the database takes writes. */
export const asked: Step = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('asked')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('filler', 'text', (column) => column.notNull())
      .execute();
  },
};
