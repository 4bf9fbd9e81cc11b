import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import { isOpen } from '#database/dialect.ts';

/**
 * The ids of what somebody waits for at a login, each by a walk of the few rows that it names. Beside
 * them a login has thousands in its queue, and as many for each day that is kept.
 */
type Ids = RawBuilder<{ id: string }>;

/** Queued or running, and asked for by a person. */
export const forcedAt = (sourceId: string): Ids =>
  sql`select id from sync where source_id = ${sourceId} and priority = 1 and ${isOpen()}`;

export const runningAt = (sourceId: string): Ids =>
  sql`select id from sync where source_id = ${sourceId} and status = 'in-progress'`;

/** Ended for want of the link, and asked for since then, epoch ms. */
export const needingLinkAt = (sourceId: string, since: number): Ids =>
  sql`select id from sync
    where source_id = ${sourceId} and status = 'needs-link' and created_at > ${since}`;

/** Of a sync, that it is one of all of these. */
export const isAmong = (sync: string, ...all: readonly Ids[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(`${sync}.id`)} in (${sql.join(all, sql` union `)})`;

/**
 * A login may have thousands of background syncs: those that nobody waits for stay as they are, and
 * `settleEndedLinks` brings them in line with its link in small steps.
 */
export const settleBackgroundLater = async (
  trx: Database,
  sourceIds: readonly string[],
): Promise<void> => {
  if (sourceIds.length === 0) return;
  await trx
    .insertInto('ended_link')
    .values([...new Set(sourceIds)].map((source_id) => ({ source_id })))
    .onConflict((on) => on.doNothing())
    .execute();
};
