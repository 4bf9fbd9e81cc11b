import type { Clock } from '#shared/clock.ts';
import type { SignInRunStore } from '../sign-in-run.ts';
import type { SignInState } from '../sign-in.ts';
import type { Database } from '#database/connection.ts';
import type { SecretKind } from '#database/secret-kind.ts';
import {
  endDeadSignIns,
  endedOf,
  endSignIn,
  markFailed,
  markLinked,
} from '#core/logins/store/link-state.ts';
import {
  keptPassword,
  keptSecret,
  readSealed,
  readTries,
  signInRows,
  toSignIn,
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

  seedFor: async (sourceId, signIn) => {
    const typed = signIn && (await readSealed(db, signIn.id, 'seed-typed'));
    if (typed !== undefined) return typed;
    const row = await db
      .selectFrom('login_source')
      .select('seed_refused')
      .where('id', '=', sourceId)
      .executeTakeFirst();
    return row?.seed_refused === 0 ? keptSecret(db, 'seed', sourceId, signIn?.personId) : undefined;
  },

  takeStep: (sourceId, fence, until) =>
    db.transaction().execute(async (tx) => {
      if (!(await holds(tx, sourceId, fence))) return undefined;
      const { numUpdatedRows } = await tx
        .updateTable('login_source')
        .set({ code_step: until })
        .where('id', '=', sourceId)
        .where((is) => is.or([is('code_step', 'is', null), is('code_step', '<', until)]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    }),

  refuseSeed: async (sourceId) => {
    await db
      .updateTable('login_source')
      .set({ seed_refused: 1, automatic_sign_in: 0 })
      .where('id', '=', sourceId)
      .execute();
  },

  codeHelp: async (sourceId) => {
    const { trusted_until, seed_refused } = await db
      .selectFrom('login_source')
      .select(['trusted_until', 'seed_refused'])
      .where('id', '=', sourceId)
      .executeTakeFirstOrThrow();
    const seed = seed_refused === 0 ? await keptSecret(db, 'seed', sourceId) : undefined;
    return {
      hasSeed: seed !== undefined,
      ...(trusted_until === null ? {} : { trustedUntil: trusted_until }),
    };
  },

  finishAutomaticSignIn: (sourceId, fence, end) =>
    db.transaction().execute(async (tx) => {
      if (!(await holds(tx, sourceId, fence))) return false;
      if (end.kind === 'linked') await markLinked(tx, clock(), sourceId, end);
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
