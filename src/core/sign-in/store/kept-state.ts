import { untilWritten } from '#database/patience.ts';
import type { Secret } from '#shared/secret.ts';
import type { Opener, Sealer, SecretKind } from '#database/sealed.ts';
import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import type { Lease } from '#core/logins/standing.ts';

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

/** `signedIn`: of a session that has not ended yet, as far as is known. */
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
  return (
    row && {
      state: await opener.open(row, sourceId),
      signedIn: row.kind === ('session' satisfies SecretKind),
    }
  );
};

export const keepState = async (
  { store: { db, clock }, sealer }: StateKeeper,
  { source, fence }: Lease,
  state: Secret,
) => {
  const { keyId, sealed } = await sealer.seal(state, source.id);
  const write = () =>
    db.transaction().execute(async (trx) => {
      const mine = await trx
        .selectFrom('login_source')
        .select('id')
        .where('id', '=', source.id)
        .where('lease_fence', '=', fence)
        .executeTakeFirst();
      if (mine === undefined) return;
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
 * The session has ended. What makes the portal remember the device stays, while it does and while
 * somebody agrees to what is kept.
 */
export const endState = ({ db, clock }: Store, sourceId: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const remembered = await trx
      .selectFrom('login_source')
      .select('id')
      .where('id', '=', sourceId)
      .where('consent_by', 'is not', null)
      .where('trusted_until', '>', clock())
      .executeTakeFirst();
    if (remembered === undefined) {
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
  });

/** The remembered device, for who agreed to keep it; epoch ms until which it is remembered. */
export const deviceOf = async (
  { store: { db }, opener }: StateKeeper,
  sourceId: string,
  personId: string,
): Promise<{ state: Secret; trustedUntil: number } | undefined> => {
  const row = await db
    .selectFrom('login_source as l')
    .innerJoin('sealed_secret as s', 's.owner_id', 'l.id')
    .innerJoin('person as p', 'p.id', 'l.consent_by')
    .select(['s.key_id as keyId', 's.sealed', 'l.trusted_until'])
    .where('l.id', '=', sourceId)
    .where('l.consent_by', '=', personId)
    .where('p.deactivated_at', 'is', null)
    .where('s.kind', 'in', ['session', 'device'] satisfies SecretKind[])
    .where('l.trusted_until', 'is not', null)
    .orderBy('s.kind', 'desc')
    .executeTakeFirst();
  return row?.trusted_until == null
    ? undefined
    : {
        state: await opener.open(row, sourceId),
        trustedUntil: row.trusted_until,
      };
};
