import type { Migration } from 'kysely/migration';

/** A migration as this program runs it. */
export interface Step extends Migration {
  /**
   * Of Postgres: it runs outside a transaction, so that an index of a large table is made while others
   * write to it (`create index concurrently`). It is begun anew where it broke off, so it first takes
   * away what an earlier try may have left.
   */
  isAlone?: true;
}
