import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import type { Sealed } from '#database/sealed.ts';
import { type CodeHelp } from '../rules.ts';
import type { CodeChannel } from '#portal/portal.ts';
import { consentOf } from '#core/logins/store/consent.ts';
import { holdsLease } from '#core/logins/store/lease.ts';
import { takeCodeStep } from '#core/logins/store/link.ts';
import { keptSecret, readSealed, SENT_AGAIN, type SignInState, type SignIn } from './sign-ins.ts';

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
