import { sql, type Kysely } from 'kysely';
import type { Step } from '../step.ts';

/** What somebody asked for and a login's link ended: each sweep looks for those of the last day. */
const AS = `sync_needs_link on sync (created_at, source_id)
  where priority = 1 and status = 'needs-link'`;

const run =
  (statements: readonly string[]) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

export const needsLink: Step = { up: run([`create index ${AS}`]) };

export const needsLinkOnPostgres: Step = {
  isAlone: true,
  up: run([`drop index concurrently if exists sync_needs_link`, `create index concurrently ${AS}`]),
};
