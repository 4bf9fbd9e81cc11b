import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import { lockLogins } from '#database/locks.ts';
import type { Sealed, SecretKind } from '#database/sealed.ts';
import { SIGN_IN_LIFE, type SignInTry, type CodeHelp } from '../rules.ts';
import type { Dead } from '#core/logins/standing.ts';
import type { CodeChannel } from '#portal/portal.ts';
import { consentOf } from '#core/logins/store/consent.ts';
import { holdsLease } from '#core/logins/store/lease.ts';
import { takeCodeStep } from '#core/logins/store/link.ts';
import {
  brokenOff,
  endDeadSignIns,
  endedOf,
  endSignIn,
  markFailed,
  markLinked,
  type SignInEnd,
} from '#core/logins/store/link-state.ts';
import {
  keptSecret,
  readSealed,
  readTries,
  SENT_AGAIN,
  signInRows,
  toSignIn,
  type SignInState,
  type SignIn,
} from './sign-ins.ts';

export const openSignInOf = async (
  { db }: Store,
  sourceId: string,
): Promise<SignIn | undefined> => {
  const row = await signInRows(db)
    .where('sign_in.source_id', '=', sourceId)
    .where('sign_in.finished_at', 'is', null)
    .executeTakeFirst();
  return row && toSignIn(row);
};

/** Whether who holds the login's lease under this fence asks, and not one that lost it. */
const mayRun = async (tx: Database, id: string, fence: number): Promise<boolean> => {
  const row = await tx
    .selectFrom('sign_in')
    .select('source_id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined && holdsLease(tx, { source: { id: row.source_id }, fence });
};

/** `waiting` to `signing-in` under this fence; the sealed credentials, if they still are. */
export const takeCredentials = (
  { db }: Store,
  id: string,
  fence: number,
): Promise<Sealed | undefined> =>
  db.transaction().execute(async (tx) => {
    if (!(await mayRun(tx, id, fence))) return undefined;
    const sealed = await readSealed(tx, id, 'credentials');
    if (sealed === undefined) return undefined;
    const { numUpdatedRows } = await tx
      .updateTable('sign_in')
      .set({ state: 'signing-in' satisfies SignInState, fence })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0 ? sealed : undefined;
  });

/** Back to `waiting`, for a sign-in whose worker, of this fence, died before anything was submitted. */
export const resetSignIn = async (
  { db }: Store,
  { id, fence }: Pick<SignIn, 'id' | 'fence'>,
): Promise<void> => {
  await db
    .updateTable('sign_in')
    .set({ state: 'waiting' satisfies SignInState, fence: null })
    .where('id', '=', id)
    .where('fence', '=', fence ?? 0)
    .where('step', 'is', null)
    .where('finished_at', 'is', null)
    .execute();
};

/** The same for a session that stops; false where something was submitted, or it has it no more. */
export const giveBack = async ({ db }: Store, id: string, fence: number): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('sign_in')
    .set({ state: 'waiting' satisfies SignInState, fence: null })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('step', 'is', null)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0;
};

const hasTry = async (tx: Database, id: string, fence: number): Promise<boolean> => {
  const own = await tx
    .selectFrom('sign_in_try as t')
    .innerJoin('sign_in as s', 's.id', 't.sign_in_id')
    .select('t.id')
    .where('t.id', '=', id)
    .where('s.fence', '=', fence)
    .where('s.finished_at', 'is', null)
    .executeTakeFirst();
  return own !== undefined;
};

/**
 * Writes the try of a person's sign-in and takes its credentials out of reach, in one
 * transaction; false when the fence is no longer that of the sign-in, or of its login. A second run of one whose commit
 * got no answer finds its try.
 */
export const insertTry = ({ db, clock }: Store, id: string, signInId: string, fence: number) =>
  db.transaction().execute(async (tx) => {
    if (!(await mayRun(tx, signInId, fence))) return false;
    const row = await tx
      .updateTable('sign_in')
      .set({ step: 'submitted' })
      .where('id', '=', signInId)
      .where('fence', '=', fence)
      .where('step', 'is', null)
      .where('finished_at', 'is', null)
      .returning(['source_id', 'store_password', 'created_at'])
      .executeTakeFirst();
    if (row === undefined) return hasTry(tx, id, fence);
    // Renamed, no path finds it to submit it again; kept, it is taken from there, as late as the
    // sign-in may end.
    const gone = row.store_password === 0;
    await tx
      .updateTable('sealed_secret')
      .set({
        kind: 'submitted' satisfies SecretKind,
        expires_at: row.created_at + SIGN_IN_LIFE,
        ...(gone ? { sealed: '' } : {}),
      })
      .where('owner_id', '=', signInId)
      .where('kind', '=', 'credentials')
      .execute();
    await tx
      .insertInto('sign_in_try')
      .values({
        id,
        source_id: row.source_id,
        sign_in_id: signInId,
        automatic: 0,
        submitted_at: clock(),
      })
      .execute();
    return true;
  });

/** The same without a person: false when the fence is old or `allowed` says no. */
export const insertAutomaticTry = (
  { db, clock }: Store,
  id: string,
  sourceId: string,
  fence: number,
  allowed: (tries: SignInTry[]) => boolean,
) =>
  db.transaction().execute(async (tx) => {
    if (!(await holdsLease(tx, { source: { id: sourceId }, fence }))) return false;
    const own = await tx
      .selectFrom('sign_in_try')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (own !== undefined) return true;
    if (!allowed(await readTries(tx, sourceId))) return false;
    await tx
      .insertInto('sign_in_try')
      .values({ id, source_id: sourceId, automatic: 1, submitted_at: clock() })
      .execute();
    return true;
  });

export interface SubmittedTry {
  id: string;
  sourceId: string;
  /** None of one without a person. */
  signInId?: string;
}

/** Written whole where the try is gone: a server that took over may lack what was committed last. */
export const answerTry = async (
  { db, clock }: Store,
  { id, sourceId, signInId }: SubmittedTry,
  outcome: string,
): Promise<void> => {
  const { numUpdatedRows } = await db
    .updateTable('sign_in_try')
    .set({ outcome })
    .where('id', '=', id)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await db
    .insertInto('sign_in_try')
    .values({
      id,
      source_id: sourceId,
      sign_in_id: signInId ?? null,
      automatic: signInId === undefined ? 1 : 0,
      submitted_at: clock(),
      outcome,
    })
    .onConflict((on) => on.column('id').doUpdateSet({ outcome }))
    .execute();
};

/**
 * `at`: when the portal asked, which no other asking of this sign-in shares. A second run of one whose
 * commit got no answer leaves what the person has given since.
 */
export const recordCodeWanted = async (
  { db }: Store,
  id: string,
  fence: number,
  hint: string | undefined,
  at: number,
) => {
  const { numUpdatedRows } = await db
    .updateTable('sign_in')
    .set((is) => ({
      state: 'code-wanted' satisfies SignInState,
      code_hint: hint ?? null,
      code_wanted_at: at,
      codes_asked: is('codes_asked', '+', 1),
    }))
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('finished_at', 'is', null)
    .where((is) => is.or([is('code_wanted_at', 'is', null), is('code_wanted_at', '<>', at)]))
    .executeTakeFirst();
  return numUpdatedRows > 0 || hasAsked(db, id, fence, at);
};

const hasAsked = async (db: Database, id: string, fence: number, at: number): Promise<boolean> => {
  const own = await db
    .selectFrom('sign_in')
    .select('id')
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('finished_at', 'is', null)
    .where('code_wanted_at', '=', at)
    .executeTakeFirst();
  return own !== undefined;
};

/** Asks for one of these ways; the portal offers them anew each time. `at` as of a code. */
export const wantChannel = async (
  { db }: Store,
  id: string,
  fence: number,
  offered: readonly CodeChannel[],
  at: number,
) => {
  const { numUpdatedRows } = await db
    .updateTable('sign_in')
    .set({
      state: 'channel-wanted' satisfies SignInState,
      channels: JSON.stringify(offered.map(({ id, label }) => ({ id, label }))),
      channel: null,
      code_wanted_at: at,
    })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('finished_at', 'is', null)
    .where((is) => is.or([is('code_wanted_at', 'is', null), is('code_wanted_at', '<>', at)]))
    .executeTakeFirst();
  return numUpdatedRows > 0 || hasAsked(db, id, fence, at);
};

/** The way that was chosen; undefined while the person did nothing. */
export const takeChannel = async ({ db }: Store, id: string): Promise<string | undefined> => {
  const row = await db
    .selectFrom('sign_in')
    .select('channel')
    .where('id', '=', id)
    .where('state', '=', 'channel-chosen' satisfies SignInState)
    .executeTakeFirst();
  return row?.channel ?? undefined;
};

/**
 * The sealed code, or the wish for another; undefined while the person did nothing. Reading takes nothing
 * away, so that one that got no answer is made again; only the code that was typed last is `code-checking`,
 * until the portal asks anew.
 */
export const readCode = async (
  { db }: Store,
  id: string,
): Promise<Sealed | 'send-again' | 'another-way' | undefined> => {
  const { state } = await db
    .selectFrom('sign_in')
    .select('state')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (state === 'code-checking') return readSealed(db, id, 'code');
  if (state !== 'code-again' && state !== 'code-another') return undefined;
  // Counted anew: the code to come is a first one, not one after a refusal.
  const { numUpdatedRows } = await db
    .updateTable('sign_in')
    .set({ codes_asked: state === 'code-again' ? SENT_AGAIN : 0 })
    .where('id', '=', id)
    .where('state', '=', state)
    .executeTakeFirst();
  // They have thought of something else since, which the next look finds.
  if (numUpdatedRows === 0n) return undefined;
  return state === 'code-again' ? 'send-again' : 'another-way';
};

/** This one alone: the person may have typed another since. The end of the sign-in takes what is left. */
export const forgetCode = async ({ db }: Store, id: string, code: Sealed): Promise<void> => {
  await db
    .deleteFrom('sealed_secret')
    .where('owner_id', '=', id)
    .where('kind', '=', 'code')
    .where('sealed', '=', code.sealed)
    .execute();
};

/**
 * False when it had ended otherwise, or under another fence. Deletes what was sealed for it. A second
 * run of one whose commit got no answer finds its end.
 */
export const recordSignInEnd = (
  { db, clock }: Store,
  id: string,
  fence: number | undefined,
  end: SignInEnd,
) =>
  db.transaction().execute(async (tx) => {
    await lockLogins(tx, () =>
      tx.selectFrom('sign_in').select('source_id').where('id', '=', id).execute(),
    );
    const row = await tx
      .selectFrom('sign_in')
      .selectAll()
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .$if(fence !== undefined, (select) => select.where('fence', '=', fence ?? 0))
      .executeTakeFirst();
    if (row === undefined) return fence !== undefined && hasEnded(tx, id, fence, end);
    await endSignIn(tx, clock(), endedOf(row), endAt(row, end));
    return true;
  });

/** A session that breaks off need not know how far it came: the row does. */
const endAt = (row: { step: string | null }, end: SignInEnd): SignInEnd =>
  end.kind === 'failed' && end.reason === 'interrupted' ? brokenOff(row) : end;

const hasEnded = async (
  tx: Database,
  id: string,
  fence: number,
  end: SignInEnd,
): Promise<boolean> => {
  const own = await tx
    .selectFrom('sign_in')
    .select(['reason', 'step'])
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '=', end.kind)
    .where('finished_at', 'is not', null)
    .executeTakeFirst();
  if (own === undefined) return false;
  const was = endAt(own, end);
  return was.kind === 'linked' || own.reason === was.reason;
};

/**
 * The set-up key of the authenticator: what was typed for this sign-in, else what is kept by the
 * consent of who signs in. None while the carrier refuses its codes.
 */
export const seedFor = async (
  { db }: Store,
  sourceId: string,
  signIn?: SignIn,
): Promise<Sealed | undefined> => {
  const typed = signIn && (await readSealed(db, signIn.id, 'seed-typed'));
  if (typed !== undefined) return typed;
  const consent = await consentOf(db, sourceId);
  return consent?.seed_refused === 0
    ? keptSecret(db, 'seed', sourceId, signIn?.personId)
    : undefined;
};

/**
 * Written before the code is given away: false when one of this step or a later one was given, by
 * whichever session; undefined when the fence is old. A step is named by the moment it ends at.
 */
export const takeStep = (
  { db }: Store,
  sourceId: string,
  fence: number,
  until: number,
): Promise<boolean | undefined> =>
  db.transaction().execute(async (tx) => {
    if (!(await holdsLease(tx, { source: { id: sourceId }, fence }))) return undefined;
    return takeCodeStep(tx, sourceId, until);
  });

/** How long the device is remembered at the portal, and whether a set-up key is kept. */
export const codeHelp = async ({ db }: Store, sourceId: string): Promise<CodeHelp> => {
  const consent = await consentOf(db, sourceId);
  const seed = consent?.seed_refused === 0 ? await keptSecret(db, 'seed', sourceId) : undefined;
  const trustedUntil = consent?.trusted_until ?? undefined;
  return { hasSeed: seed !== undefined, ...(trustedUntil === undefined ? {} : { trustedUntil }) };
};

/**
 * What the portal said to a try without a person, and with it linked or not; false when the fence is
 * old: the answer is written all the same. A second run of one whose commit got no answer finds it.
 */
export const finishAutomaticSignIn = (
  { db, clock }: Store,
  sourceId: string,
  fence: number,
  said: { tried: string; outcome: string } | undefined,
  end: SignInEnd,
) =>
  db.transaction().execute(async (tx) => {
    const holds = await holdsLease(tx, { source: { id: sourceId }, fence });
    if (said !== undefined) {
      const own = await tx
        .selectFrom('sign_in_try')
        .select('outcome')
        .where('id', '=', said.tried)
        .executeTakeFirst();
      if (own !== undefined && own.outcome !== null) return true;
      await answerTry({ db: tx, clock }, { id: said.tried, sourceId }, said.outcome);
    }
    if (!holds) return false;
    if (end.kind === 'linked') await markLinked(tx, clock(), sourceId, end);
    else await markFailed(tx, clock(), sourceId, undefined, end.reason);
    return true;
  });

/** Deletes secrets past their time and ends dead sign-ins; returns the sources they were of. */
export const endDeadRuns = ({ db, clock }: Store, dead: Dead) =>
  db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('sealed_secret')
      .where((is) =>
        is.or([is('expires_at', '<=', clock()), is('expires_at', '>', dead.ahead + SIGN_IN_LIFE)]),
      )
      .execute();
    return endDeadSignIns(tx, clock(), dead);
  });
