import type { Clock } from '#shared/clock.ts';
import type { Database } from './connection.ts';

/** What every function of a store takes: the database, and the clock that its rows are dated by. */
export interface Store {
  db: Database;
  clock: Clock;
}
