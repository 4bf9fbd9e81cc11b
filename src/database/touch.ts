import { isOpen } from '#database/dialect.ts';
import { lockRequests } from '#database/locks.ts';
import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { caseSubject } from '#shared/subject.ts';

/**
 * Marks the requests of these syncs as changed, so that Slack is brought up to date; what to show. A
 * request has ended once all of its syncs have, and wakes again when one of them is reopened.
 */
export const touchRequestsOf = async (
  db: Database,
  syncIds: readonly string[],
  now: number,
): Promise<string[]> => {
  if (syncIds.length === 0) return [];
  const cases = await touchCasesOf(db, syncIds);
  const ids = await requestsOf(db, syncIds);
  await touchRequests(db, ids, now);
  return [...ids, ...cases];
};

/** Those that show one of these syncs. */
export const requestsOf = async (db: Database, syncIds: readonly string[]): Promise<string[]> => {
  if (syncIds.length === 0) return [];
  const rows = await db
    .selectFrom('request_sync')
    .select('request_id')
    .distinct()
    .where('sync_id', 'in', [...syncIds])
    .execute();
  return rows.map((row) => row.request_id);
};

/** Open cases tell of every attempt at their policy, whoever asked for it. */
const touchCasesOf = async (db: Database, syncIds: readonly string[]): Promise<string[]> => {
  const cases = await db
    .updateTable('support_case')
    .set((of) => ({ version: of('version', '+', 1) }))
    .where('closed_at', 'is', null)
    .where('policy_id', 'in', (of) =>
      of
        .selectFrom('sync')
        .select('policy_id')
        .where('id', 'in', [...syncIds])
        .where('status', 'not in', ['queued', 'in-progress']),
    )
    .returning('id')
    .execute();
  return cases.map(({ id }) => caseSubject(id));
};

export const touchRequests = async (
  db: Database,
  requestIds: readonly string[],
  now: number,
): Promise<void> => {
  if (requestIds.length === 0) return;
  await lockRequests(db, requestIds);
  await db
    .updateTable('request')
    .set({
      version: sql<number>`version + 1`,
      ended_at: sql<number | null>`case when exists (
          select 1 from request_sync rs join sync s on s.id = rs.sync_id
          where rs.request_id = request.id and rs.cancelled_at is null
            and ${isOpen('s')})
        then null else coalesce(ended_at, ${now}) end`,
    })
    .where('id', 'in', [...requestIds])
    .execute();
};
