import { sql, type RawBuilder } from 'kysely';
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
