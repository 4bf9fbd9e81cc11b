import { sql, type Kysely } from 'kysely';
import type { Step } from '../step.ts';

/** What the sweep and the night look for without a walk of all that waits, is sealed or was ever chosen. */
const INDEXES: Readonly<Record<string, string>> = {
  sync_put_off: `sync (not_before) where not_before > 0 and status in ('queued', 'in-progress')`,
  pause_wait_pause: `pause_wait (pause_id)`,
  calendar_choice_at: `calendar_choice (at)`,
  sealed_secret_expires: `sealed_secret (expires_at) where expires_at is not null`,
};

const run =
  (statements: readonly string[]) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

const each = (of: (name: string, on: string) => string[]): string[] =>
  Object.entries(INDEXES).flatMap(([name, on]) => of(name, on));

export const sweeps: Step = { up: run(each((name, on) => [`create index ${name} on ${on}`])) };

export const sweepsOnPostgres: Step = {
  isAlone: true,
  up: run(
    each((name, on) => [
      `drop index concurrently if exists ${name}`,
      `create index concurrently ${name} on ${on}`,
    ]),
  ),
};
