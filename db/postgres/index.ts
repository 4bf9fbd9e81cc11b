import { sql, type Kysely } from 'kysely';
import { contactSearchOnPostgres } from '../migrations/0041-contact-search.ts';
import { searchLettersOnPostgres } from '../migrations/0045-search-letters.ts';
import { triesInOrderOnPostgres } from '../migrations/0048-tries-in-order.ts';
import { needsLinkOnPostgres } from '../migrations/0051-needs-link.ts';
import { sweepsOnPostgres } from '../migrations/0055-sweeps.ts';
import { blockedOnPostgres } from '../migrations/0056-blocked.ts';
import { migrations } from '../migrations/index.ts';
import type { Step } from '../step.ts';
import { INDEXES } from './indexes.ts';
import { TABLES_AROUND } from './tables-around.ts';
import { TABLES } from './tables.ts';
import { TRIGGERS } from './triggers.ts';

/** The newest migration of SQLite that Postgres starts with. */
const START = '0034-mended-adapters';

const start: Step = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    const rows = [
      `insert into audit_start values (1, 0, '')`,
      `insert into deletion (id, made, wiped) values (1, 0, 0)`,
    ];
    const all = [
      `create extension if not exists pg_trgm`,
      ...TABLES,
      ...TABLES_AROUND,
      ...rows,
      ...INDEXES,
      ...TRIGGERS,
    ];
    for (const statement of all) await sql.raw(statement).execute(db);
  },
};

/** What a later migration does on Postgres, where its statements are not those of both. */
const OWN: Record<string, Step> = {
  '0041-contact-search': contactSearchOnPostgres,
  '0045-search-letters': searchLettersOnPostgres,
  '0048-tries-in-order': triesInOrderOnPostgres,
  '0051-needs-link': needsLinkOnPostgres,
  '0055-sweeps': sweepsOnPostgres,
  '0056-blocked': blockedOnPostgres,
};

/**
 * In order of name. No Postgres is older than the start, so its earlier steps are one; each later
 * migration of SQLite runs here too.
 */
export const postgresMigrations: Record<string, Step> = {
  [START]: start,
  ...Object.fromEntries(
    Object.entries(migrations)
      .filter(([name]) => name > START)
      .map(([name, migration]) => [name, OWN[name] ?? migration]),
  ),
};
