import type { Clock } from '#sync/clock.ts';
import type { SignInRunStore } from '#sync/sign-in-run.ts';
import type { SignInState } from '#sync/sign-in.ts';
import type { Database } from './database.ts';
import { endDeadSignIns, endedOf, endSignIn, markFailed, markLinked } from './sign-in-ends.ts';
import {
  keptPassword,
  readSealed,
  readTries,
  signInRows,
  toSignIn,
  type SecretKind,
} from './sign-ins.ts';

/** The worker's half of a sign-in; each write holds only under the fence it was begun with. */
export const signInRunStore = (db: Database, clock: Clock): SignInRunStore => ({
  openSignInOf: async (sourceId) => {
    const row = await signInRows(db)
      .where('sign_in.source_id', '=', sourceId)
      .where('sign_in.finished_at', 'is', null)
      .executeTakeFirst();
    return row && toSignIn(row);
  },

  startSignIn: (id, fence) =>
    db.transaction().execute(async (tx) => {
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
    }),

  resetSignIn: async (id) => {
    await db
      .updateTable('sign_in')
      .set({ state: 'waiting' satisfies SignInState, fence: null })
      .where('id', '=', id)
      .where('step', 'is', null)
      .where('finished_at', 'is', null)
      .execute();
  },

  insertTry: (id, signInId, fence) =>
    db.transaction().execute(async (tx) => {
      const row = await tx
        .updateTable('sign_in')
        .set({ step: 'submitted' })
        .where('id', '=', signInId)
        .where('fence', '=', fence)
        .where('step', 'is', null)
        .where('finished_at', 'is', null)
        .returning(['source_id', 'store_password'])
        .executeTakeFirst();
      if (row === undefined) return false;
      // Renamed, no path finds it to submit it again; kept, it is taken from there.
      const gone = row.store_password === 0;
      await tx
        .updateTable('sealed_secret')
        .set({ kind: 'submitted' satisfies SecretKind, ...(gone ? { sealed: '' } : {}) })
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
    }),

  insertAutomaticTry: (id, sourceId, fence, allowed) =>
    db.transaction().execute(async (tx) => {
      if (!(await holds(tx, sourceId, fence))) return false;
      if (!allowed(await readTries(tx, sourceId))) return false;
      await tx
        .insertInto('sign_in_try')
        .values({ id, source_id: sourceId, automatic: 1, submitted_at: clock() })
        .execute();
      return true;
    }),

  answerTry: async (id, outcome) => {
    await db.updateTable('sign_in_try').set({ outcome }).where('id', '=', id).execute();
  },

  wantCode: async (id, fence, hint) => {
    const { numUpdatedRows } = await db
      .updateTable('sign_in')
      .set((is) => ({
        state: 'code-wanted',
        code_hint: hint ?? null,
        code_wanted_at: clock(),
        codes_asked: is('codes_asked', '+', 1),
      }))
      .where('id', '=', id)
      .where('fence', '=', fence)
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0;
  },

  wantChannel: async (id, fence, offered) => {
    const { numUpdatedRows } = await db
      .updateTable('sign_in')
      .set({
        state: 'channel-wanted' satisfies SignInState,
        channels: JSON.stringify(offered.map(({ id, label }) => ({ id, label }))),
        channel: null,
        code_wanted_at: clock(),
      })
      .where('id', '=', id)
      .where('fence', '=', fence)
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0;
  },

  takeChannel: async (id) => {
    const row = await db
      .selectFrom('sign_in')
      .select('channel')
      .where('id', '=', id)
      .where('state', '=', 'channel-chosen' satisfies SignInState)
      .executeTakeFirst();
    return row?.channel ?? undefined;
  },

  takeCode: async (id) => {
    const { state } = await db
      .selectFrom('sign_in')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    // Asked three times a second: only what the person did is worth a transaction.
    if (state === 'code-wanted') return undefined;
    return db.transaction().execute(async (tx) => {
      const row = await tx
        .deleteFrom('sealed_secret')
        .where('owner_id', '=', id)
        .where('kind', '=', 'code')
        .returning(['key_id', 'sealed'])
        .executeTakeFirst();
      if (row !== undefined) return { keyId: row.key_id, sealed: row.sealed };
      // Counted anew: the code to come is a first one, not one after a refusal.
      const asked = await tx
        .updateTable('sign_in')
        .set({ codes_asked: 0 })
        .where('id', '=', id)
        .where('state', 'in', ['code-again', 'code-another'] satisfies SignInState[])
        .returning('state')
        .executeTakeFirst();
      if (asked === undefined) return undefined;
      return asked.state === 'code-again' ? 'send-again' : 'another-way';
    });
  },

  finishSignIn: (id, fence, end) =>
    db.transaction().execute(async (tx) => {
      const row = await tx
        .selectFrom('sign_in')
        .selectAll()
        .where('id', '=', id)
        .where('finished_at', 'is', null)
        .$if(fence !== undefined, (select) => select.where('fence', '=', fence ?? 0))
        .executeTakeFirst();
      if (row === undefined) return false;
      await endSignIn(tx, clock(), endedOf(row), end);
      return true;
    }),

  tries: (sourceId) => readTries(db, sourceId),
  keptPassword: (sourceId) => keptPassword(db, sourceId),

  finishAutomaticSignIn: (sourceId, fence, end) =>
    db.transaction().execute(async (tx) => {
      if (!(await holds(tx, sourceId, fence))) return false;
      if (end.kind === 'linked') await markLinked(tx, clock(), sourceId, end.linkEndsAt);
      else await markFailed(tx, clock(), sourceId, undefined, end.reason);
      return true;
    }),

  sweepSignIns: (dead) =>
    db.transaction().execute(async (tx) => {
      await tx.deleteFrom('sealed_secret').where('expires_at', '<=', clock()).execute();
      return endDeadSignIns(tx, clock(), dead);
    }),
});

const holds = async (tx: Database, sourceId: string, fence: number): Promise<boolean> => {
  const row = await tx
    .selectFrom('login_source')
    .select('lease_fence')
    .where('id', '=', sourceId)
    .executeTakeFirst();
  return row?.lease_fence === fence;
};
