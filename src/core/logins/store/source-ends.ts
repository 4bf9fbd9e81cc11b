import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { isQueued } from '#database/dialect.ts';
import { lockLogins } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import { withdrawConsent } from './consent.ts';
import { endHold } from './hold.ts';
import { breakLease } from './lease.ts';
import { cutLink } from './link.ts';
import { brokenOff, endedOf, endSignIn } from './link-state.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { forcedAt, isAmong, needingLinkAt, runningAt, settleBackgroundLater } from './waiting.ts';
import { WAITS_FOR_LINK_MS } from '../standing.ts';

const REMOVED: SyncDetail = { cancelledBy: 'source-removed' };

/**
 * Ends the link of a login at once. The fence grows, so a session under way writes nothing more, not
 * its cookies either, and stops; cookies, password and consent are gone with it. The caller has the
 * transaction, and tells the holder where that is not who did it.
 */
const endLink = async (trx: Database, now: number, sourceId: string, tell: boolean) => {
  await lockLogins(trx, [sourceId]);
  const signIn = await trx
    .selectFrom('sign_in')
    .selectAll()
    .where('source_id', '=', sourceId)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  if (signIn !== undefined) await endSignIn(trx, now, endedOf(signIn), brokenOff(signIn));
  await cutLink(trx, now, sourceId, tell);
  await withdrawConsent(trx, sourceId);
  await endHold(trx, sourceId);
  await breakLease(trx, sourceId);
  await trx.deleteFrom('sealed_secret').where('source_id', '=', sourceId).execute();
};

/** A person ends the link of a login, or the login itself; the requests that are to be shown so. */
export const closeSource = async (
  trx: Database,
  now: number,
  sourceId: string,
  personId: string,
  how: 'unlink' | 'remove',
) => {
  await endLink(trx, now, sourceId, false);
  if (how === 'remove')
    await trx
      .updateTable('login_source')
      .set({ removed_at: now })
      .where('id', '=', sourceId)
      .execute();
  await audit(trx, now, {
    personId,
    action: how === 'remove' ? 'source.removed' : 'source.unlinked',
    sourceId,
  });
  return how === 'remove' ? cancelWaiting(trx, now, sourceId) : waitForLink(trx, now, sourceId);
};

/** What is kept of a login ends with whoever gave it; the login's holder is told. */
export const endKept = async (
  trx: Database,
  now: number,
  { id, tell }: { id: string; tell: boolean },
): Promise<string[]> => {
  await endLink(trx, now, id, tell);
  await audit(trx, now, { personId: undefined, action: 'password.forgotten', sourceId: id });
  return waitForLink(trx, now, id);
};

/** What somebody waits for, or runs, waits for the link from now on; the requests to show it to. */
export const waitForLink = async (
  trx: Database,
  now: number,
  sourceId: string,
): Promise<string[]> => {
  await settleBackgroundLater(trx, [sourceId]);
  const open = await trx
    .updateTable('sync')
    .set({ status: 'queued', reason: 'waiting-for-link', detail: null, fence: null })
    .where(isAmong('sync', forcedAt(sourceId), runningAt(sourceId)))
    .returning(['id', 'priority'])
    .execute();
  return touchRequestsOf(
    trx,
    open.filter(({ priority }) => priority === 1).map(({ id }) => id),
    now,
  );
};

/** The link pages that are open, of a login or of a person or of both, lead nowhere any more. */
export const stopLinkPages = async (
  trx: Database,
  now: number,
  { sourceId, personId }: { sourceId?: string; personId?: string },
): Promise<void> => {
  await trx
    .updateTable('link')
    .set({ finished_at: now, ended_reason: 'stopped' })
    .where('finished_at', 'is', null)
    .$if(sourceId !== undefined, (open) => open.where('source_id', '=', sourceId ?? ''))
    .$if(personId !== undefined, (open) => open.where('person_id', '=', personId ?? ''))
    .execute();
};

/** What waited ends and says why; the next success of a policy gives it a new home. */
const cancelWaiting = async (trx: Database, now: number, sourceId: string): Promise<string[]> => {
  await stopLinkPages(trx, now, { sourceId });
  await trx.deleteFrom('source_share').where('source_id', '=', sourceId).execute();
  await trx
    .updateTable('policy')
    .set({ home_source_id: null })
    .where('home_source_id', '=', sourceId)
    .execute();
  await settleBackgroundLater(trx, [sourceId]);
  const ended = await trx
    .updateTable('sync')
    .set({
      status: 'cancelled',
      reason: 'cancelled',
      detail: JSON.stringify(REMOVED),
      finished_at: now,
      fence: null,
    })
    .where(
      isAmong(
        'sync',
        forcedAt(sourceId),
        runningAt(sourceId),
        needingLinkAt(sourceId, now - WAITS_FOR_LINK_MS),
      ),
    )
    .returning(['id', 'priority'])
    .execute();
  return touchRequestsOf(
    trx,
    ended.filter(({ priority }) => priority === 1).map(({ id }) => id),
    now,
  );
};

/**
 * Brings the background syncs of logins whose link has ended in line, at most `limit` of them: they
 * wait for the link, end with the login, or run where it is linked again. Whether there may be more.
 */
export const settleEndedLinks = ({ db, clock }: Store, limit: number): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, () => trx.selectFrom('ended_link').select('source_id').execute());
    const ended = await trx
      .selectFrom('ended_link as e')
      .innerJoin('login_source as l', 'l.id', 'e.source_id')
      .innerJoin('login_link as k', 'k.source_id', 'e.source_id')
      .select(['l.id', 'k.linked', 'l.removed_at'])
      .orderBy('e.source_id')
      .limit(1)
      .executeTakeFirst();
    if (ended === undefined) return false;
    const now = clock();
    const then =
      ended.removed_at === null
        ? ({ status: 'queued', reason: 'waiting-for-link' } as const)
        : ({
            status: 'cancelled',
            reason: 'cancelled',
            detail: JSON.stringify(REMOVED),
            finished_at: now,
          } as const);
    const rows =
      ended.linked === 1
        ? []
        : await trx
            .updateTable('sync')
            .set(then)
            .where('id', 'in', (of) =>
              of
                .selectFrom('sync')
                .select('id')
                .where('source_id', '=', ended.id)
                .where(isQueued())
                .where('priority', '=', 100)
                .where('reason', '<>', 'waiting-for-link')
                .limit(limit),
            )
            .returning('id')
            .execute();
    if (rows.length < limit)
      await trx.deleteFrom('ended_link').where('source_id', '=', ended.id).execute();
    return true;
  });
