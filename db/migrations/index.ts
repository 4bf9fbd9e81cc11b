import type { Migration } from 'kysely/migration';
import { start } from './0001-start.ts';

/** In order of name; a migration that has run anywhere is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-start': start,
};
