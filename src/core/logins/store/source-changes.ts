import type { Store } from '#database/store.ts';
import { isOpen, locked } from '#database/dialect.ts';
import { lockLogins, lockRequests } from '#database/locks.ts';
import { sql } from 'kysely';
import { REASONS, type Reason } from '#shared/outcome.ts';
import type { Database } from '#database/connection.ts';
import { requestsOf, touchRequestsOf } from '#database/touch.ts';
import { WAITS_FOR_LINK_MS } from '../standing.ts';
import { forcedAt, isAmong, needingLinkAt } from './waiting.ts';

/** A link that failed in the middle may have submitted the password: as good as a rejected one. */
const needsLinkReason = (unlinkedReason: string | null): Reason | undefined => {
  if (unlinkedReason === 'interrupted') return 'lockout-risk';
  if (unlinkedReason === null || !(unlinkedReason in REASONS)) return undefined;
  const reason = unlinkedReason as Reason;
  return REASONS[reason].status === 'needs-link' ? reason : undefined;
};

/** The open sync of the pair, raised to the front; its id, if there is one. */
const raised = async (trx: Database, now: number, policyId: string, sourceId: string) =>
  (
    await trx
      .updateTable('sync')
      .set({ priority: 1, created_at: now })
      .where('policy_id', '=', policyId)
      .where('source_id', '=', sourceId)
      .where(isOpen())
      .returning('id')
      .executeTakeFirst()
  )?.id;

/** Only one sync of a pair is open at a time: the requests of this one go over to that one. */
const handOver = async (trx: Database, now: number, syncId: string, openId: string) => {
  await trx
    .updateTable('request_sync')
    .set({ sync_id: openId })
    .where('sync_id', '=', syncId)
    .where('request_id', 'not in', (of) =>
      of.selectFrom('request_sync').select('request_id').where('sync_id', '=', openId),
    )
    .execute();
  await trx
    .updateTable('sync')
    .set({ status: 'cancelled', reason: 'cancelled', finished_at: now })
    .where('id', '=', syncId)
    .execute();
};

/** Ends what a person asked for and nobody linked the login for in time. The requests to show it to. */
export const endLinkWaits = ({ db, clock }: Store, limit: number): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const { rows } = await sql<{ id: string }>`
        update sync set status = 'needs-link', reason = 'not-linked', finished_at = ${now}
        where id in (
          select id from sync
          where ${isOpen()} and priority = 1
            and status = 'queued' and reason = 'waiting-for-link'
            and created_at <= ${now - WAITS_FOR_LINK_MS} limit ${limit} ${locked()})
        returning id`.execute(trx);
    const ids = rows.map(({ id }) => id);
    return touchRequestsOf(trx, ids, now);
  });

/** What was read as one of these may have been cancelled since: on Postgres a change of status comes between. */
const WAITING = ['queued', 'needs-link'] as const;

/**
 * Brings the syncs that wait for a login in line with it: linked, those that needed the link are
 * queued again; its link failed, the forced ones say why. The requests to show it to.
 */
export const reflectSource = ({ db, clock }: Store, sourceId: string): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, [sourceId]);
    const now = clock();
    const source = await trx
      .selectFrom('login_source as l')
      .innerJoin('login_link as k', 'k.source_id', 'l.id')
      .select(['l.name', 'k.linked', 'k.unlinked_reason'])
      .where('l.id', '=', sourceId)
      .executeTakeFirstOrThrow();
    const since = now - WAITS_FOR_LINK_MS;
    const waiting = await trx
      .selectFrom('sync')
      .select(['id', 'policy_id', 'status', 'reason'])
      .where(isAmong('sync', forcedAt(sourceId), needingLinkAt(sourceId, since)))
      .where('priority', '=', 1)
      .where('status', '<>', 'in-progress')
      .where('created_at', '>', since)
      // Queued ones first: they are open already.
      .orderBy('status', 'desc')
      .orderBy('id', 'desc')
      .execute();
    if (waiting.length === 0) return [];
    const ids: string[] = [];
    const blocked: string[] = [];
    /** Of each policy, the one that runs then: the background, or a failed and a good link, may have
     * left others. */
    const runs = new Map<string, string>();
    for (const { id, policy_id, status, reason } of waiting) {
      const open =
        source.linked === 1 && status === 'needs-link'
          ? (runs.get(policy_id) ?? (await raised(trx, now, policy_id, sourceId)) ?? id)
          : id;
      if (open !== id) await handOver(trx, now, id, open);
      runs.set(policy_id, open);
      ids.push(open);
      if (status === 'needs-link' || reason === 'waiting-for-link') blocked.push(open);
    }
    const reason = needsLinkReason(source.unlinked_reason);
    if (source.linked === 1 && blocked.length > 0) {
      await trx
        .updateTable('sync')
        .set({ status: 'queued', reason: 'waiting', finished_at: null, detail: null })
        .where('id', 'in', blocked)
        .where('status', 'in', WAITING)
        .execute();
      await lockRequests(trx, await requestsOf(trx, ids));
      await trx
        .updateTable('request')
        .set({ linked_at: now, linked_source: source.name })
        .where('id', 'in', (of) =>
          of
            .selectFrom('request_sync')
            .select('request_id')
            .where('sync_id', 'in', blocked)
            .where('cancelled_at', 'is', null),
        )
        .execute();
    }
    if (source.linked === 0 && reason !== undefined)
      await trx
        .updateTable('sync')
        .set({ status: 'needs-link', reason, finished_at: now })
        .where('id', 'in', ids)
        .where('status', 'in', WAITING)
        .where((is) => is.not(is.and([is('status', '=', 'needs-link'), is('reason', '=', reason)])))
        .execute();
    return touchRequestsOf(trx, ids, now);
  });
