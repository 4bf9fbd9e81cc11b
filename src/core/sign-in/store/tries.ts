import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import type { SecretKind } from '#database/sealed.ts';
import { SIGN_IN_LIFE, type SignInTry } from '../rules.ts';
import { holdsLease } from '#core/logins/store/lease.ts';
import { markFailed, markLinked, type SignInEnd } from '#core/logins/store/link-state.ts';
import { mayRun } from './runs.ts';
import { readTries } from './sign-ins.ts';

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
