import { sql } from 'kysely';
import type { Database } from './connection.ts';

/** How far a step went: the last id looked at; none where there are no more. */
export interface Looked {
  last: string | undefined;
}

/** Where a walk of a table by its ids goes on: after one of them, rows made before `before`. */
export interface OldStep {
  /** epoch ms */
  before: number;
  after: string;
  limit: number;
}

const MADE_AT = {
  request: 'created_at',
  sync: 'created_at',
  background_run: 'created_at',
  sign_in: 'created_at',
  link: 'created_at',
  sign_in_try: 'submitted_at',
  meeting: 'created_at',
  notification: 'created_at',
  support_case: 'opened_at',
  held_value: 'held_at',
  carrier_pause: 'began_at',
  policy_value: 'observed_at',
} as const;

/**
 * The ids of the next rows that were made before, and where to go on. Ids sort by the time they were
 * made, so a step that finds none is the last. One young row ends nothing: whoever asks for a sync that
 * waits makes it young, and it keeps its place before older ones.
 */
export const oldRows = async (
  trx: Database,
  table: keyof typeof MADE_AT,
  { before, after, limit }: OldStep,
): Promise<Looked & { old: readonly string[] }> => {
  const { rows } = await sql<{ id: string; at: number }>`
    select id, ${sql.ref(MADE_AT[table])} as at from ${sql.table(table)}
    where id > ${after} order by id limit ${limit}`.execute(trx);
  const old = rows.filter(({ at }) => at < before).map(({ id }) => id);
  const isLast = old.length === 0 || rows.length < limit;
  return { old, last: isLast ? undefined : rows.at(-1)?.id };
};
