import type { Clock } from '#sync/clock.ts';
import type { Opener, Sealer } from '#sync/sealing.ts';
import type { KeptStateStore } from '#sync/signed-in.ts';
import type { Database } from './database.ts';

/** The signed-in state of a source, sealed; only a process that holds the private key reads it. */
export const keptStateStore = (
  db: Database,
  clock: Clock,
  keys: { sealer: Sealer; opener: Opener },
): KeptStateStore => {
  const dropState = async (sourceId: string): Promise<void> => {
    await db
      .deleteFrom('sealed_secret')
      .where('owner_id', '=', sourceId)
      .where('kind', '=', 'session')
      .execute();
  };
  return {
    keptState: async (sourceId) => {
      const row = await db
        .selectFrom('sealed_secret')
        .select(['key_id as keyId', 'sealed'])
        .where('owner_id', '=', sourceId)
        .where('kind', '=', 'session')
        .executeTakeFirst();
      return row && keys.opener.open(row, sourceId);
    },

    keepState: async ({ source, fence }, state) => {
      const { keyId, sealed } = await keys.sealer.seal(state, source.id);
      await db.transaction().execute(async (trx) => {
        const mine = await trx
          .selectFrom('login_source')
          .select('id')
          .where('id', '=', source.id)
          .where('lease_fence', '=', fence)
          .executeTakeFirst();
        if (mine === undefined) return;
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
    },

    dropState,
  };
};
