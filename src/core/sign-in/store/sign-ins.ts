import type { Store } from '#database/store.ts';
import { lockLogins } from '#database/locks.ts';
import { SIGN_IN_LIFE, type SignInTry } from '../rules.ts';
import type { CodeChannel } from '#portal/portal.ts';
import type { Sealed, SecretKind } from '#database/sealed.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { consentOf, endAutomatic } from '#core/logins/store/consent.ts';
import { endDeadSignIns, forgetSeed } from '#core/logins/store/link-state.ts';
import type { Dead, SignInFailure } from '#core/logins/standing.ts';

export interface SignIn {
  id: string;
  sourceId: string;
  linkId: string;
  personId: string;
  holderId: string;
  carrierId: string;
  state: SignInState;
  reason?: SignInFailure;
  /** The portal asked a second time: the code before was not accepted. */
  codeAgain: boolean;
  /** The person had another one sent. */
  codeSentAgain: boolean;
  codeHint?: string;
  /** Epoch ms at which the person was asked last, for a way or for a code. */
  codeWantedAt?: number;
  /** The ways the portal offers for its code, where it lets one choose. */
  channels: readonly CodeChannel[];
  /** The password has been given to the portal, whatever it said. */
  submitted: boolean;
  storePassword: boolean;
  fence?: number;
  waitingSyncs: number;
  createdAt: number;
  finishedAt?: number;
}

/**
 * Walks one way; `channel-wanted` comes back after `code-another`, and `code-wanted` after
 * `code-checking` or `code-again`, if the portal asks.
 */
export type SignInState =
  | 'waiting'
  | 'signing-in'
  | 'channel-wanted'
  | 'channel-chosen'
  | 'code-wanted'
  | 'code-checking'
  | 'code-again'
  | 'code-another'
  | 'linked'
  | 'failed';

export interface NewSignIn {
  id: string;
  sourceId: string;
  linkId: string;
  personId: string;
  storePassword: boolean;
  credentialsExpireAt: number;
}

/** Another code the same way, or the choice of ways again. */
export type OtherCode = Extract<SignInState, 'code-again' | 'code-another'>;

/**
 * False when another sign-in of the source is open. One that nobody can end any more is ended
 * first, as `dead` says.
 * `kept` takes a copy of the password this person agreed to keep; undefined when there is none.
 */
export const openSignIn = (
  { db, clock }: Store,
  signIn: NewSignIn,
  credentials: Sealed | 'kept',
  dead: Dead,
  setupKey?: Sealed,
): Promise<boolean | undefined> =>
  db.transaction().execute(async (tx) => {
    const { id, sourceId, personId } = signIn;
    const now = clock();
    await lockLogins(tx, [sourceId]);
    await endDeadSignIns(tx, now, dead, sourceId);
    const sealed =
      credentials === 'kept' ? await keptPassword(tx, sourceId, personId) : credentials;
    if (sealed === undefined) return undefined;
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('sign_in')
      .values({
        id,
        source_id: sourceId,
        link_id: signIn.linkId,
        person_id: personId,
        state: 'waiting',
        store_password: signIn.storePassword ? 1 : 0,
        created_at: now,
      })
      .onConflict((conflict) =>
        conflict.column('source_id').where('finished_at', 'is', null).doNothing(),
      )
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) return false;
    await putSealed(
      tx,
      { ownerId: id, kind: 'credentials', sourceId, sealed, now },
      signIn.credentialsExpireAt,
    );
    if (setupKey !== undefined)
      await putSealed(
        tx,
        { ownerId: id, kind: 'seed-typed', sourceId, sealed: setupKey, now },
        now + SIGN_IN_LIFE,
      );
    await audit(tx, now, { personId, action: 'sign-in.asked', sourceId });
    return true;
  });

export const signInById = async ({ db }: Store, id: string): Promise<SignIn | undefined> => {
  const row = await signInRows(db).where('sign_in.id', '=', id).executeTakeFirst();
  return row && toSignIn(row);
};

export const latestSignIn = async ({ db }: Store, linkId: string): Promise<SignIn | undefined> => {
  const row = await signInRows(db)
    .where('sign_in.link_id', '=', linkId)
    .orderBy('sign_in.created_at', 'desc')
    .orderBy('sign_in.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toSignIn(row);
};

/** Takes the code and turns the state to `code-checking`; false unless a code is wanted now. */
export const putCode = ({ db, clock }: Store, id: string, sealed: Sealed, wantedAfter: number) =>
  db.transaction().execute(async (tx) => {
    const now = clock();
    const row = await tx
      .updateTable('sign_in')
      .set({ state: 'code-checking' satisfies SignInState })
      .where('id', '=', id)
      .where('state', '=', 'code-wanted')
      .where('finished_at', 'is', null)
      .where('code_wanted_at', '>', wantedAfter)
      .returning(['source_id', 'code_wanted_at'])
      .executeTakeFirst();
    if (row === undefined) return false;
    const expiresAt = (row.code_wanted_at ?? now) + (now - wantedAfter);
    await putSealed(
      tx,
      { ownerId: id, kind: 'code', sourceId: row.source_id, sealed, now },
      expiresAt,
    );
    return true;
  });

/** From `code-wanted` to `to`; false unless a code is wanted now. */
export const askCodeAgain = ({ db }: Store, id: string, to: OtherCode, wantedAfter: number) =>
  answerAsked(db, id, 'code-wanted', wantedAfter, { state: to });

/** From `channel-wanted` to `channel-chosen`; false unless a way is asked for now. */
export const putChannel = ({ db }: Store, id: string, channel: string, wantedAfter: number) =>
  answerAsked(db, id, 'channel-wanted', wantedAfter, { state: 'channel-chosen', channel });

export const hasKeptPassword = async ({ db }: Store, sourceId: string, personId: string) =>
  (await keptPassword(db, sourceId, personId)) !== undefined;

/** The set-up key this person agreed to keep; `refused` since the carrier turned a code of it down. */
export const setupKeyOf = async (
  { db }: Store,
  sourceId: string,
  personId: string,
): Promise<'none' | 'kept' | 'refused'> => {
  if ((await keptSecret(db, 'seed', sourceId, personId)) === undefined) return 'none';
  return (await consentOf(db, sourceId))?.seed_refused === 1 ? 'refused' : 'kept';
};

export const forgetSetupKey = ({ db, clock }: Store, sourceId: string, personId: string) =>
  db.transaction().execute(async (tx) => {
    await lockLogins(tx, [sourceId]);
    if ((await keptSecret(tx, 'seed', sourceId, personId)) === undefined) return;
    await forgetSeed(tx, clock(), sourceId, personId);
    await endAutomatic(tx, sourceId);
  });

/** What a person answers while they are asked; false when they are not, or no longer. */
const answerAsked = async (
  db: Database,
  id: string,
  asked: SignInState,
  wantedAfter: number,
  answer: { state: SignInState; channel?: string },
) => {
  const { numUpdatedRows } = await db
    .updateTable('sign_in')
    .set(answer)
    .where('id', '=', id)
    .where('state', '=', asked)
    .where('finished_at', 'is', null)
    .where('code_wanted_at', '>', wantedAfter)
    .executeTakeFirst();
  return numUpdatedRows > 0;
};

export const signInRows = (db: Database) =>
  db
    .selectFrom('sign_in')
    .innerJoin('login_source', 'login_source.id', 'sign_in.source_id')
    .selectAll('sign_in')
    .select(['login_source.holder_id', 'login_source.carrier_id']);

type SignInRow = Awaited<ReturnType<ReturnType<typeof signInRows>['executeTakeFirstOrThrow']>>;

/** How often a code was asked for is counted from here once the person had another one sent. */
export const SENT_AGAIN = 1000;

export const askedOf = (times: number) => ({
  codeAgain: times % SENT_AGAIN > 1,
  codeSentAgain: times === SENT_AGAIN + 1,
});

export const toSignIn = (row: SignInRow): SignIn => ({
  id: row.id,
  sourceId: row.source_id,
  linkId: row.link_id,
  personId: row.person_id,
  holderId: row.holder_id,
  carrierId: row.carrier_id,
  state: row.state as SignInState,
  ...(row.reason === null ? {} : { reason: row.reason as SignInFailure }),
  ...askedOf(row.codes_asked),
  ...(row.code_hint === null ? {} : { codeHint: row.code_hint }),
  ...(row.code_wanted_at === null ? {} : { codeWantedAt: row.code_wanted_at }),
  channels: toChannels(row.channels),
  submitted: row.step === 'submitted',
  storePassword: row.store_password === 1,
  ...(row.fence === null ? {} : { fence: row.fence }),
  waitingSyncs: row.waiting_syncs,
  createdAt: row.created_at,
  ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
});

/** Written by wantChannel, as the portal offered them. */
export const toChannels = (written: string | null): readonly CodeChannel[] =>
  written === null ? [] : (JSON.parse(written) as CodeChannel[]);

export const readSealed = async (
  db: Database,
  ownerId: string,
  kind: SecretKind,
): Promise<Sealed | undefined> => {
  const row = await db
    .selectFrom('sealed_secret')
    .select(['key_id', 'sealed'])
    .where('owner_id', '=', ownerId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && { keyId: row.key_id, sealed: row.sealed };
};

export const keptPassword = (
  db: Database,
  sourceId: string,
  personId?: string,
): Promise<Sealed | undefined> => keptSecret(db, 'password', sourceId, personId);

/** What is kept by consent, while who agreed is active; for `personId`, only their own consent. */
export const keptSecret = async (
  db: Database,
  kind: 'password' | 'seed',
  sourceId: string,
  personId?: string,
): Promise<Sealed | undefined> => {
  const consent = await db
    .selectFrom('login_consent as g')
    .innerJoin('login_source as l', 'l.id', 'g.source_id')
    .innerJoin('person as p', 'p.id', 'g.person_id')
    .select('p.id')
    .where('g.source_id', '=', sourceId)
    .where('l.removed_at', 'is', null)
    .where('p.deactivated_at', 'is', null)
    .executeTakeFirst();
  const agreed = consent !== undefined && (personId ?? consent.id) === consent.id;
  return agreed ? readSealed(db, sourceId, kind) : undefined;
};

const putSealed = async (
  db: Database,
  row: { ownerId: string; kind: SecretKind; sourceId: string; sealed: Sealed; now: number },
  expiresAt: number,
) => {
  const content = {
    key_id: row.sealed.keyId,
    sealed: row.sealed.sealed,
    created_at: row.now,
    expires_at: expiresAt,
  };
  await db
    .insertInto('sealed_secret')
    .values({ owner_id: row.ownerId, kind: row.kind, source_id: row.sourceId, ...content })
    .onConflict((conflict) => conflict.columns(['owner_id', 'kind']).doUpdateSet(content))
    .execute();
};

export const readTries = async (db: Database, sourceId: string): Promise<SignInTry[]> => {
  const rows = await db
    .selectFrom('sign_in_try')
    .select(['seq', 'automatic', 'submitted_at', 'outcome'])
    .where('source_id', '=', sourceId)
    .execute();
  return rows.map((row) => ({
    nth: row.seq,
    automatic: row.automatic === 1,
    submittedAt: row.submitted_at,
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
  }));
};
