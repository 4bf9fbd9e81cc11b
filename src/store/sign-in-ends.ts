import { WAITS_FOR_LINK_MS } from '#domain/link-wait.ts';
import type { SignInEnd } from '#sync/sign-in-run.ts';
import { audit } from './audit.ts';
import type { Database } from './database.ts';

/** After these the login cannot be used, whatever session it had. */
const UNLINKING = new Set(['bad-credentials', 'password-expired', 'locked']);
/** After these the password that is kept is not the right one any more. */
const OUTDATING = new Set(['bad-credentials', 'password-expired']);

interface Ended {
  id: string;
  sourceId: string;
  linkId: string;
  personId: string;
  storePassword: boolean;
}

/** Ends a sign-in, and everything that was sealed for it; the caller has the transaction. */
export const endSignIn = async (
  tx: Database,
  now: number,
  signIn: Ended,
  end: SignInEnd,
): Promise<void> => {
  const { id, sourceId, personId } = signIn;
  if (end.kind === 'linked') {
    const keep = signIn.storePassword;
    if (keep) await keepPassword(tx, id, sourceId);
    else await forgetPassword(tx, now, sourceId, personId);
    await markLinked(tx, now, sourceId, end.linkEndsAt);
    await tx
      .updateTable('login_source')
      .set({
        automatic_sign_in: keep ? 1 : 0,
        consent_by: keep ? personId : null,
        consent_at: keep ? now : null,
      })
      .where('id', '=', sourceId)
      .execute();
    await tx
      .updateTable('link')
      .set({ finished_at: now, ended_reason: 'linked' })
      .where('id', '=', signIn.linkId)
      .where('finished_at', 'is', null)
      .execute();
    await audit(tx, now, { personId, action: 'source.linked', sourceId });
    if (keep) await audit(tx, now, { personId, action: 'password.kept', sourceId });
  } else {
    await markFailed(tx, now, sourceId, personId, end.reason);
  }
  await tx.deleteFrom('sealed_secret').where('owner_id', '=', id).execute();
  await tx
    .updateTable('sign_in')
    .set({
      state: end.kind,
      reason: end.kind === 'failed' ? end.reason : null,
      waiting_syncs: end.kind === 'linked' ? await waitingSyncs(tx, now, sourceId, personId) : 0,
      finished_at: now,
    })
    .where('id', '=', id)
    .execute();
};

/** Linked from now on; the change of the source then queues what waited for it. */
export const markLinked = async (
  tx: Database,
  now: number,
  sourceId: string,
  linkEndsAt: number,
): Promise<void> => {
  await tx
    .updateTable('login_source')
    .set({ linked: 1, linked_at: now, link_ends_at: linkEndsAt, unlinked_reason: null })
    .where('id', '=', sourceId)
    .execute();
};

export const markFailed = async (
  tx: Database,
  now: number,
  sourceId: string,
  personId: string | undefined,
  reason: string,
): Promise<void> => {
  await tx
    .updateTable('login_source')
    .set({ linked: 0, unlinked_reason: reason })
    .where('id', '=', sourceId)
    .$if(!UNLINKING.has(reason), (update) => update.where('linked', '=', 0))
    .execute();
  if (OUTDATING.has(reason)) await forgetPassword(tx, now, sourceId, personId);
  await audit(tx, now, { personId, action: 'source.link-failed', sourceId, detail: { reason } });
};

export const endDeadSignIns = async (
  tx: Database,
  now: number,
  dead: { waiting: number; any: number },
  sourceId?: string,
): Promise<string[]> => {
  const rows = await tx
    .selectFrom('sign_in')
    .selectAll()
    .where('finished_at', 'is', null)
    .where((is) =>
      is.or([
        is('created_at', '<=', dead.any),
        is.and([is('state', '=', 'waiting'), is('created_at', '<=', dead.waiting)]),
      ]),
    )
    .$if(sourceId !== undefined, (select) => select.where('source_id', '=', sourceId ?? ''))
    .execute();
  for (const row of rows) {
    const reason = row.step === 'submitted' ? 'interrupted' : 'not-started';
    await endSignIn(tx, now, endedOf(row), { kind: 'failed', reason });
  }
  return rows.map((row) => row.source_id);
};

export const endedOf = (row: {
  id: string;
  source_id: string;
  link_id: string;
  person_id: string;
  store_password: number;
}): Ended => ({
  id: row.id,
  sourceId: row.source_id,
  linkId: row.link_id,
  personId: row.person_id,
  storePassword: row.store_password === 1,
});

/** What was typed becomes what is kept; it stays sealed on the way. */
const keepPassword = async (tx: Database, signInId: string, sourceId: string): Promise<void> => {
  await tx
    .deleteFrom('sealed_secret')
    .where('owner_id', '=', sourceId)
    .where('kind', '=', 'password')
    .execute();
  await tx
    .updateTable('sealed_secret')
    .set({ owner_id: sourceId, kind: 'password', expires_at: null })
    .where('owner_id', '=', signInId)
    .where('kind', 'in', ['submitted', 'credentials'])
    .execute();
};

const forgetPassword = async (
  tx: Database,
  now: number,
  sourceId: string,
  personId: string | undefined,
): Promise<void> => {
  const { numDeletedRows } = await tx
    .deleteFrom('sealed_secret')
    .where('owner_id', '=', sourceId)
    .where('kind', '=', 'password')
    .executeTakeFirst();
  await tx
    .updateTable('login_source')
    .set({ automatic_sign_in: 0, consent_by: null, consent_at: null })
    .where('id', '=', sourceId)
    .execute();
  if (numDeletedRows > 0)
    await audit(tx, now, { personId, action: 'password.forgotten', sourceId });
};

/** How many policies of this person the link sets going; said on the page, not counted again later. */
const waitingSyncs = async (
  tx: Database,
  now: number,
  sourceId: string,
  personId: string,
): Promise<number> => {
  const { count } = await tx
    .selectFrom('sync')
    .innerJoin('request_sync', 'request_sync.sync_id', 'sync.id')
    .innerJoin('request', 'request.id', 'request_sync.request_id')
    .select(({ fn }) => fn.count<number>('sync.policy_id').distinct().as('count'))
    .where('sync.source_id', '=', sourceId)
    .where('sync.status', 'in', ['queued', 'in-progress', 'needs-link'])
    .where('sync.created_at', '>', now - WAITS_FOR_LINK_MS)
    .where('request_sync.cancelled_at', 'is', null)
    .where('request.person_id', '=', personId)
    .executeTakeFirstOrThrow();
  return count;
};
