import type { KnownValue } from '#core/policies/verdict.ts';
import { giveConsent } from '#core/logins/store/consent.ts';
import { linkNow } from '#core/logins/store/link.ts';
import type { Sealed } from '#database/sealed.ts';
import type { Database } from '#database/connection.ts';
import { idMaker } from '#database/ids.ts';

/** A sync of some days ago: what a login saw of a policy, or that it saw nothing. */
export interface PastSync {
  /** External ids, as in the imported files. */
  policy: string;
  source: string;
  /** Epoch ms */
  at: number;
  /** Empty when the login had no such policy. */
  values: readonly KnownValue[];
}

/** What a local firm begins with beyond its imported files; nobody's real data comes this way. */
export const localFirmStore = (db: Database) => ({
  isEmpty: async (): Promise<boolean> =>
    (await db.selectFrom('person').select('id').limit(1).executeTakeFirst()) === undefined,

  /** The row id of a login source. */
  sourceId: async (externalId: string): Promise<string> =>
    (
      await db
        .selectFrom('login_source')
        .select('id')
        .where('external_id', '=', externalId)
        .executeTakeFirstOrThrow()
    ).id,

  /** As if its holder had linked it and let the password be kept. */
  keepLinked: (
    sourceId: string,
    { password, at, endsAt }: { password: Sealed; at: number; endsAt: number },
  ): Promise<void> =>
    db.transaction().execute(async (trx) => {
      await trx
        .insertInto('sealed_secret')
        .values({
          owner_id: sourceId,
          kind: 'password',
          source_id: sourceId,
          key_id: password.keyId,
          sealed: password.sealed,
          created_at: at,
          expires_at: null,
        })
        .execute();
      const { holder_id: personId } = await trx
        .selectFrom('login_source')
        .select('holder_id')
        .where('id', '=', sourceId)
        .executeTakeFirstOrThrow();
      await giveConsent(trx, sourceId, { personId, at, automatic: true });
      await linkNow(trx, at, sourceId, { linkEndsAt: endsAt, passwordEnds: null });
    }),

  addPast: (past: readonly PastSync[]): Promise<void> =>
    db.transaction().execute(async (trx) => {
      const rows = await trx
        .selectFrom('policy')
        .innerJoin('login_source', 'login_source.carrier_id', 'policy.carrier_id')
        .select([
          'policy.id as policy_id',
          'policy.external_id as policy',
          'login_source.id as source_id',
          'login_source.external_id as source',
        ])
        .execute();
      const pairs = new Map(rows.map((row) => [`${row.policy} ${row.source}`, row]));
      for (const sync of past.toSorted((a, b) => a.at - b.at)) {
        const pair = pairs.get(`${sync.policy} ${sync.source}`);
        if (pair === undefined)
          throw new Error(`${sync.source} is no login at the carrier of ${sync.policy}`);
        await addOne(trx, pair, sync);
      }
    }),
});

const addOne = async (
  trx: Database,
  { policy_id, source_id }: { policy_id: string; source_id: string },
  { at, values }: PastSync,
) => {
  if (values.length === 0) {
    await trx
      .insertInto('source_policy')
      .values({ policy_id, source_id, last_success_at: null, last_absent_at: at })
      .execute();
    return;
  }
  const nextId = idMaker(() => at);
  const syncId = nextId();
  await trx
    .insertInto('sync')
    .values({
      id: syncId,
      policy_id,
      source_id,
      priority: 100,
      status: 'success',
      reason: 'changed',
      created_at: at,
      started_at: at,
      finished_at: at,
    })
    .execute();
  await trx
    .insertInto('policy_value')
    .values(
      values.map(({ name, amount, asOf }) => ({
        id: nextId(),
        policy_id,
        sync_id: syncId,
        name,
        minor: amount.minor,
        currency: amount.currency,
        as_of: asOf ?? '',
        observed_at: at,
      })),
    )
    .execute();
  await trx
    .insertInto('source_policy')
    .values({ policy_id, source_id, last_success_at: at, last_absent_at: null })
    .execute();
  await trx
    .updateTable('policy')
    .set({ home_source_id: source_id })
    .where('id', '=', policy_id)
    .where('home_source_id', 'is', null)
    .execute();
};
