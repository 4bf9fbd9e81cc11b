import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { lockLogins } from '#database/locks.ts';
import { WAITS_FOR_LINK_MS, type Dead, type SignInFailure } from '../standing.ts';
import { consentOf, giveConsent, renewSeed, trustDevice, withdrawConsent } from './consent.ts';
import { failLink, linkNow } from './link.ts';
import { forcedAt, isAmong, needingLinkAt } from './waiting.ts';
import type { SecretKind } from '#database/sealed.ts';

/** After these the password that is kept is not the right one any more. */
const OUTDATING = new Set(['bad-credentials', 'password-expired']);

/** The password of a sign-in, given to the portal or not. */
const TYPED: readonly SecretKind[] = ['submitted', 'credentials'];

interface Ended {
  id: string;
  sourceId: string;
  linkId: string;
  personId: string;
  storePassword: boolean;
}

/** Ends a sign-in, and everything that was sealed for it; the caller has the transaction. */
export const endSignIn = async (tx: Database, now: number, signIn: Ended, end: SignInEnd) => {
  const { id, sourceId, personId } = signIn;
  if (end.kind === 'linked') {
    // An older one is not what was accepted now: where what was typed is gone, nothing is kept.
    const keep = signIn.storePassword && (await readTyped(tx, id, TYPED)) !== undefined;
    const keepsSeed = keep && (await keepSecrets(tx, now, id, sourceId, personId));
    if (!keep) await forgetPassword(tx, now, sourceId, personId);
    // Without consent nothing outlives the session, the remembered device neither.
    const automatic =
      end.needsNoCode === 'always' || (end.needsNoCode === 'with-seed' && keepsSeed);
    if (keep) await giveConsent(tx, sourceId, { personId, at: now, automatic });
    await markLinked(tx, now, sourceId, end);
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

export const markLinked = async (tx: Database, now: number, sourceId: string, end: LinkedEnd) => {
  await linkNow(tx, now, sourceId, end);
  if (end.trustedUntil !== undefined) await trustDevice(tx, sourceId, end.trustedUntil);
};

export const markFailed = async (
  tx: Database,
  now: number,
  sourceId: string,
  personId: string | undefined,
  reason: string,
) => {
  const { holder_id } = await tx
    .selectFrom('login_source')
    .select('holder_id')
    .where('id', '=', sourceId)
    .executeTakeFirstOrThrow();
  await failLink(tx, now, sourceId, { reason, seen: personId === holder_id });
  if (reason === 'code-asked') await trustDevice(tx, sourceId, null);
  if (OUTDATING.has(reason)) await forgetPassword(tx, now, sourceId, personId);
  await audit(tx, now, { personId, action: 'source.link-failed', sourceId, detail: { reason } });
};

export const endDeadSignIns = async (tx: Database, now: number, dead: Dead, sourceId?: string) => {
  const read = () =>
    tx
      .selectFrom('sign_in')
      .selectAll()
      .where('finished_at', 'is', null)
      .where((is) =>
        is.or([
          is('created_at', '<=', dead.any),
          is('created_at', '>', dead.ahead),
          is.and([is('state', '=', 'waiting'), is('created_at', '<=', dead.waiting)]),
        ]),
      )
      .$if(sourceId !== undefined, (select) => select.where('source_id', '=', sourceId ?? ''))
      .execute();
  await lockLogins(tx, read);
  const rows = await read();
  for (const row of rows) {
    await endSignIn(tx, now, endedOf(row), brokenOff(row));
  }
  return rows.map((row) => row.source_id);
};

/** The end of a sign-in that stopped in the middle: only what was submitted can lock a login. */
export const brokenOff = ({ step }: { step: string | null }): SignInEnd => ({
  kind: 'failed',
  reason: step === 'submitted' ? 'interrupted' : 'not-started',
});

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

/** What was typed becomes what is kept; it stays sealed on the way. Whether a set-up key is kept. */
const keepSecrets = async (
  tx: Database,
  now: number,
  signInId: string,
  sourceId: string,
  personId: string,
) => {
  await keepTyped(tx, signInId, sourceId, TYPED, 'password');
  if (await keepTyped(tx, signInId, sourceId, ['seed-typed'], 'seed')) {
    await renewSeed(tx, sourceId);
    await audit(tx, now, { personId, action: 'setup-key.kept', sourceId });
    return true;
  }
  // Another person's key ends with that person's consent.
  const consent = await consentOf(tx, sourceId);
  if (consent?.person_id !== personId) await forgetSeed(tx, now, sourceId, personId);
  const seed = await tx
    .selectFrom('sealed_secret')
    .select('kind')
    .where('owner_id', '=', sourceId)
    .where('kind', '=', 'seed')
    .executeTakeFirst();
  return seed !== undefined && consent?.seed_refused === 0;
};

const readTyped = (tx: Database, signInId: string, typed: readonly SecretKind[]) =>
  tx
    .selectFrom('sealed_secret')
    .select('kind')
    .where('owner_id', '=', signInId)
    .where('kind', 'in', typed)
    .executeTakeFirst();

const keepTyped = async (
  tx: Database,
  signInId: string,
  sourceId: string,
  typed: readonly SecretKind[],
  kept: SecretKind,
) => {
  const fresh = await readTyped(tx, signInId, typed);
  if (fresh === undefined) return false;
  await drop(tx, sourceId, kept);
  await tx
    .updateTable('sealed_secret')
    .set({ owner_id: sourceId, kind: kept, expires_at: null })
    .where('owner_id', '=', signInId)
    .where('kind', '=', fresh.kind)
    .execute();
  return true;
};

/** Whether there was one. */
const drop = async (tx: Database, sourceId: string, kind: SecretKind): Promise<boolean> => {
  const { numDeletedRows } = await tx
    .deleteFrom('sealed_secret')
    .where('owner_id', '=', sourceId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return numDeletedRows > 0n;
};

export const forgetSeed = async (
  tx: Database,
  now: number,
  sourceId: string,
  personId: string | undefined,
) => {
  const was = await drop(tx, sourceId, 'seed');
  await renewSeed(tx, sourceId);
  if (!was) return false;
  await audit(tx, now, { personId, action: 'setup-key.forgotten', sourceId });
  return true;
};

const forgetPassword = async (
  tx: Database,
  now: number,
  sourceId: string,
  personId: string | undefined,
) => {
  const was = await drop(tx, sourceId, 'password');
  await withdrawConsent(tx, sourceId);
  await drop(tx, sourceId, 'device');
  await forgetSeed(tx, now, sourceId, personId);
  if (was) await audit(tx, now, { personId, action: 'password.forgotten', sourceId });
};

/** How many policies of this person the link sets going; said on the page, not counted again later. */
const waitingSyncs = async (tx: Database, now: number, sourceId: string, personId: string) => {
  const since = now - WAITS_FOR_LINK_MS;
  const { count } = await tx
    .selectFrom('sync')
    .innerJoin('request_sync', 'request_sync.sync_id', 'sync.id')
    .innerJoin('request', 'request.id', 'request_sync.request_id')
    .select(({ fn }) => fn.count<number>('sync.policy_id').distinct().as('count'))
    .where(isAmong('sync', forcedAt(sourceId), needingLinkAt(sourceId, since)))
    .where('sync.created_at', '>', since)
    .where('request_sync.cancelled_at', 'is', null)
    .where('request.person_id', '=', personId)
    .executeTakeFirstOrThrow();
  return count;
};

export type SignInEnd = LinkedEnd | { kind: 'failed'; reason: SignInFailure };

export interface LinkedEnd {
  kind: 'linked';
  linkEndsAt: number;
  /** No code is asked for, or a set-up key gives it: the password alone is enough from now on. */
  needsNoCode: 'always' | 'with-seed' | 'no';
  /** Until when the portal remembers the device; null: not at all; undefined: as before. */
  trustedUntil?: number | null;
  /** ISO date; null when the carrier says nothing. */
  passwordEnds: string | null;
}
