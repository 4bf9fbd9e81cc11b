import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import { lockLogins } from '#database/locks.ts';
import type { Sealed } from '#database/sealed.ts';
import { SIGN_IN_LIFE } from '../rules.ts';
import type { Dead } from '#core/logins/standing.ts';
import { holdsLease } from '#core/logins/store/lease.ts';
import {
  brokenOff,
  endDeadSignIns,
  endedOf,
  endSignIn,
  type SignInEnd,
} from '#core/logins/store/link-state.ts';
import { readSealed, signInRows, toSignIn, type SignInState, type SignIn } from './sign-ins.ts';

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
export const mayRun = async (tx: Database, id: string, fence: number): Promise<boolean> => {
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

/**
 * Ends a sign-in as it was seen: under this fence, or begun by nobody yet. False when it had ended
 * otherwise, or another session has begun it since. Deletes what was sealed for it. A second run of one
 * whose commit got no answer finds its end.
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
      .where((is) => (fence === undefined ? is('fence', 'is', null) : is('fence', '=', fence)))
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

/** Deletes secrets past their time and ends dead sign-ins; returns the sources they were of. */
export const endDeadRuns = ({ db, clock }: Store, dead: Dead) =>
  db.transaction().execute(async (tx) => {
    // Logins first, as whoever ends a sign-in locks them before its secrets.
    const ended = await endDeadSignIns(tx, clock(), dead);
    await tx
      .deleteFrom('sealed_secret')
      .where((is) =>
        is.or([is('expires_at', '<=', clock()), is('expires_at', '>', dead.ahead + SIGN_IN_LIFE)]),
      )
      .execute();
    return ended;
  });
