import { untilWritten } from '#database/patience.ts';
import type { Secret } from '#shared/secret.ts';
import type { Opener, Sealer, SecretKind } from '#database/sealed.ts';
import { openedIfHere } from '#database/sealing.ts';
import type { Database } from '#database/connection.ts';
import { lockLogins } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import type { Lease } from '#core/logins/standing.ts';
import { consentOf } from '#core/logins/store/consent.ts';
import { holdsLease } from '#core/logins/store/lease.ts';

/** Cookies and storage of a session, sealed between sessions; only a worker holds the private key. */
export interface StateKeeper {
  store: Store;
  sealer: Sealer;
  opener: Opener;
}

const drop = async (trx: Database, sourceId: string, kind: SecretKind): Promise<void> => {
  await trx
    .deleteFrom('sealed_secret')
    .where('owner_id', '=', sourceId)
    .where('kind', '=', kind)
    .execute();
};

/**
 * `signedIn`: of a session that has not ended yet, as far as is known. What no key here opens counts as
 * not kept, and the next link replaces it.
 */
export const keptState = async (
  { store: { db }, opener }: StateKeeper,
  sourceId: string,
): Promise<{ state: Secret; signedIn: boolean } | undefined> => {
  const row = await db
    .selectFrom('sealed_secret')
    .select(['key_id as keyId', 'sealed', 'kind'])
    .where('owner_id', '=', sourceId)
    .where('kind', 'in', ['session', 'device'] satisfies SecretKind[])
    .orderBy('kind', 'desc')
    .executeTakeFirst();
  const state = row && (await openedIfHere(opener, row, sourceId));
  return state && { state, signedIn: row.kind === ('session' satisfies SecretKind) };
};

export const keepState = async (
  { store: { db, clock }, sealer }: StateKeeper,
  lease: Lease,
  state: Secret,
) => {
  const { source } = lease;
  const { keyId, sealed } = await sealer.seal(state, source.id);
  const write = () =>
    db.transaction().execute(async (trx) => {
      if (!(await holdsLease(trx, lease))) return;
      await drop(trx, source.id, 'device');
      await trx
        .insertInto('sealed_secret')
        .values({
          owner_id: source.id,
          kind: 'session',
          source_id: source.id,
          key_id: keyId,
          sealed,
          created_at: clock(),
          expires_at: null,
        })
        .onConflict((on) =>
          on
            .columns(['owner_id', 'kind'])
            .doUpdateSet({ key_id: keyId, sealed, created_at: clock() }),
        )
        .execute();
    });
  // What signs the next session in is not lost to a busy database.
  await untilWritten(write);
};

/**
 * The session has ended, as this one saw: what another has kept since is not touched. What makes the
 * portal remember the device stays, while it does and while somebody agrees to what is kept.
 */
export const endState = ({ db, clock }: Store, lease: Lease): Promise<void> =>
  db.transaction().execute(async (trx) => {
    if (await holdsLease(trx, lease)) await end(trx, clock(), lease.source.id);
  });

/** The same from outside a session, whichever has the login. */
export const endStateOf = ({ db, clock }: Store, sourceId: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await lockLogins(trx, [sourceId]);
    await end(trx, clock(), sourceId);
  });

const end = async (trx: Database, now: number, sourceId: string): Promise<void> => {
  const consent = await consentOf(trx, sourceId);
  if ((consent?.trusted_until ?? 0) <= now) {
    await drop(trx, sourceId, 'session');
    return;
  }
  const ended = await trx
    .selectFrom('sealed_secret')
    .select('kind')
    .where('owner_id', '=', sourceId)
    .where('kind', '=', 'session')
    .executeTakeFirst();
  if (ended === undefined) return;
  await drop(trx, sourceId, 'device');
  await trx
    .updateTable('sealed_secret')
    .set({ kind: 'device' satisfies SecretKind })
    .where('owner_id', '=', sourceId)
    .where('kind', '=', 'session')
    .execute();
};

/** The remembered device, for who agreed to keep it; epoch ms until which it is remembered. */
export const deviceOf = async (
  { store: { db }, opener }: StateKeeper,
  sourceId: string,
  personId: string,
): Promise<{ state: Secret; trustedUntil: number } | undefined> => {
  const row = await db
    .selectFrom('login_consent as g')
    .innerJoin('sealed_secret as s', 's.owner_id', 'g.source_id')
    .innerJoin('person as p', 'p.id', 'g.person_id')
    .select(['s.key_id as keyId', 's.sealed', 'g.trusted_until'])
    .where('g.source_id', '=', sourceId)
    .where('g.person_id', '=', personId)
    .where('p.deactivated_at', 'is', null)
    .where('s.kind', 'in', ['session', 'device'] satisfies SecretKind[])
    .where('g.trusted_until', 'is not', null)
    .orderBy('s.kind', 'desc')
    .executeTakeFirst();
  if (row?.trusted_until == null) return undefined;
  const state = await openedIfHere(opener, row, sourceId);
  return state && { state, trustedUntil: row.trusted_until };
};
