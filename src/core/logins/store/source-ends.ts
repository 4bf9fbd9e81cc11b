import { sql } from 'kysely';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { isQueued } from '#database/dialect.ts';
import { lockLogins } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import { may, type Role } from '#shared/access.ts';
import { withdrawConsent } from './consent.ts';
import { endHold } from './hold.ts';
import { breakLease } from './lease.ts';
import { cutLink } from './link.ts';
import { endedOf, endSignIn } from './link-state.ts';
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
  if (signIn !== undefined)
    await endSignIn(trx, now, endedOf(signIn), {
      kind: 'failed',
      reason: signIn.step === 'submitted' ? 'interrupted' : 'not-started',
    });
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

/** A password that is kept ends with whoever agreed to it; the login's holder is told. */
const endKept = async (
  trx: Database,
  now: number,
  { id, tell }: { id: string; tell: boolean },
): Promise<string[]> => {
  await endLink(trx, now, id, tell);
  await audit(trx, now, { personId: undefined, action: 'password.forgotten', sourceId: id });
  return waitForLink(trx, now, id);
};

/**
 * Consent to a stored password ends at once with the person who gave it, and with it the links of
 * their logins; the login sources it concerned. A login that somebody else holds needs its holder now.
 */
export const endConsent = async (trx: Database, personId: string, now: number) => {
  await lockLogins(trx, () =>
    trx
      .selectFrom('login_source')
      .select('id as source_id')
      .where('holder_id', '=', personId)
      .union(trx.selectFrom('login_consent').select('source_id').where('person_id', '=', personId))
      .union(
        trx
          .selectFrom('sign_in')
          .select('source_id')
          .where('person_id', '=', personId)
          .where('finished_at', 'is', null),
      )
      .execute(),
  );
  const sources = await trx
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .leftJoin('login_consent as g', 'g.source_id', 'l.id')
    .select(['l.id', 'l.holder_id', 'k.linked'])
    .where((is) => is.or([is('l.holder_id', '=', personId), is('g.person_id', '=', personId)]))
    .where('l.removed_at', 'is', null)
    .execute();
  for (const { id, holder_id, linked } of sources)
    await endKept(trx, now, { id, tell: linked === 1 && holder_id !== personId });
  const begun = await endSignInsOf(trx, now, (signIn) => signIn.person_id === personId);
  return [...new Set([...sources.map(({ id }) => id), ...begun])];
};

/**
 * Ends every link and every kept password, as in a database that came back from a copy: what was
 * refused, changed or withdrawn since is not in it, and one more try could lock a login. How many.
 * The caller has the transaction.
 */
export const endAllLinks = async (trx: Database, now: number): Promise<number> => {
  const sources = await trx
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .select('l.id')
    .where('l.removed_at', 'is', null)
    .where((is) =>
      is.or([
        is('k.linked', '=', 1),
        is.exists(
          is
            .selectFrom('sealed_secret as s')
            .select('s.owner_id')
            .whereRef('s.source_id', '=', 'l.id'),
        ),
      ]),
    )
    .execute();
  for (const { id } of sources) await endKept(trx, now, { id, tell: true });
  return sources.length;
};

/** Sign-ins under way that end now, before one of them gives a consent; the logins they were of. */
const endSignInsOf = async (
  trx: Database,
  now: number,
  ends: (signIn: { person_id: string; source_id: string }) => boolean,
): Promise<string[]> => {
  const open = await trx
    .selectFrom('sign_in')
    .selectAll()
    .where('finished_at', 'is', null)
    .execute();
  const ended = open.filter(ends);
  for (const signIn of ended) {
    const reason = signIn.step === 'submitted' ? 'interrupted' : 'not-started';
    await endSignIn(trx, now, endedOf(signIn), { kind: 'failed', reason });
  }
  return ended.map((signIn) => signIn.source_id);
};

/** Whoever agreed to what a login keeps, or is signing in to it, beside what they may do with it. */
const giversOf = (trx: Database) =>
  trx
    .selectFrom((from) =>
      from
        .selectFrom('login_consent')
        .select(['source_id', 'person_id', sql<number>`1`.as('kept')])
        .unionAll(
          from
            .selectFrom('sign_in')
            .select(['source_id', 'person_id', sql<number>`0`.as('kept')])
            .where('finished_at', 'is', null),
        )
        .as('g'),
    )
    .innerJoin('login_source as l', 'l.id', 'g.source_id')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .innerJoin('person as p', 'p.id', 'g.person_id')
    .leftJoin('source_share as s', (on) =>
      on.onRef('s.source_id', '=', 'l.id').onRef('s.person_id', '=', 'p.id'),
    )
    .select(['l.id', 'l.holder_id', 'k.linked', 'g.kept', 'p.id as person_id', 'p.role'])
    .select(['p.deactivated_at', 's.person_id as shared']);

/**
 * After a change of who may use a login: consents of those who may not link it any more end, with
 * their links and their sign-ins under way; the requests to show it to.
 */
export const endLostConsents = async (
  trx: Database,
  now: number,
  of: { sourceId: string } | { personId: string },
): Promise<string[]> => {
  const read = () =>
    giversOf(trx)
      .where((is) =>
        'sourceId' in of ? is('l.id', '=', of.sourceId) : is('p.id', '=', of.personId),
      )
      .execute();
  await lockLogins(trx, async () => (await read()).map(({ id }) => ({ source_id: id })));
  const rows = await read();
  const lost = rows.filter(
    ({ person_id, role, deactivated_at, holder_id, shared }) =>
      !may({ id: person_id, role: role as Role, active: deactivated_at === null }, 'source.link', {
        holds: holder_id === person_id,
        shared: shared !== null,
      }),
  );
  await endSignInsOf(trx, now, (signIn) =>
    lost.some((row) => row.id === signIn.source_id && row.person_id === signIn.person_id),
  );
  const requests: string[] = [];
  for (const { id, kept, linked } of lost)
    if (kept === 1) requests.push(...(await endKept(trx, now, { id, tell: linked === 1 })));
  return requests;
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

/** What waited ends and says why; the next success of a policy gives it a new home. */
const cancelWaiting = async (trx: Database, now: number, sourceId: string): Promise<string[]> => {
  await trx
    .updateTable('link')
    .set({ finished_at: now, ended_reason: 'stopped' })
    .where('source_id', '=', sourceId)
    .where('finished_at', 'is', null)
    .execute();
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
