import { sql } from 'kysely';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import { touchRequestsOf } from '#database/touch.ts';
import {
  isSyncable,
  statusKey,
  type Indicator,
  type KnownStanding,
  type TaughtWords,
} from '#shared/status.ts';
import type { SyncDetail } from '../sync-detail.ts';
import { isInactive, standingIn } from '../verdict.ts';

/** What this carrier's words mean: as its adapter says, and before that as the firm does. */
export const taughtWords = async (
  db: Database,
  carrierId: string,
  ofAdapter: TaughtWords | undefined,
): Promise<TaughtWords> => {
  const rows = await db
    .selectFrom('status_word')
    .select('key')
    .select((of) => of.ref('standing').$castTo<KnownStanding>().as('standing'))
    .where('carrier_id', '=', carrierId)
    .execute();
  return new Map([
    ...(ofAdapter ?? []),
    ...rows.map(({ key, standing }) => [key, standing] as const),
  ]);
};

/** What a person says a word means at a carrier, or a file where there is none; audited. Whether it is new. */
export const teachWord = (
  { db, clock }: Store,
  given: { carrierId: string; word: string; standing: KnownStanding; personId?: string },
): Promise<'added' | 'changed' | 'unchanged'> => {
  const { carrierId, word, standing, personId } = given;
  const key = statusKey(word);
  const write = async (trx: Database) => {
    const before = await trx
      .selectFrom('status_word')
      .select('standing')
      .where('carrier_id', '=', carrierId)
      .where('key', '=', key)
      .executeTakeFirst();
    if (before?.standing === standing) return 'unchanged';
    const now = clock();
    const row = { word, standing, taught_by: personId ?? null, taught_at: now };
    await trx
      .insertInto('status_word')
      .values({ carrier_id: carrierId, key, ...row })
      .onConflict((on) => on.columns(['carrier_id', 'key']).doUpdateSet(row))
      .execute();
    const from = before === undefined ? {} : { from: before.standing };
    await audit(trx, now, {
      personId,
      action: 'status.taught',
      carrierId,
      detail: { word, to: standing, ...from },
    });
    return before === undefined ? 'added' : 'changed';
  };
  return db.isTransaction ? write(db) : db.transaction().execute(write);
};

/** Remembers that a policy waits for somebody to say what its carrier's word means, or that it does not. */
export const noteStatusWord = async (
  trx: Database,
  at: { policyId: string; carrierId: string; syncId: string },
  { carrierStatus = '', carrierStanding }: SyncDetail,
): Promise<void> => {
  const { policyId, carrierId, syncId } = at;
  if (standingIn({ status: carrierStatus, standing: carrierStanding }) !== 'review') {
    await trx.deleteFrom('status_wait').where('policy_id', '=', policyId).execute();
    return;
  }
  const row = { carrier_id: carrierId, key: statusKey(carrierStatus), sync_id: syncId };
  await trx
    .insertInto('status_wait')
    .values({ policy_id: policyId, ...row })
    .onConflict((on) => on.column('policy_id').doUpdateSet(row))
    .execute();
};

/** So many are decided in one transaction. */
const CHUNK = 50;

interface Waiting {
  policy_id: string;
  sync_id: string;
  standing: KnownStanding;
  detail: string | null;
  indicator: Indicator;
}

/** What a word that is known now makes of the syncs that waited for it; what to show. */
const decide = async (trx: Database, now: number, waiting: readonly Waiting[]) => {
  for (const { sync_id: id, standing, detail: text, indicator } of waiting) {
    const detail: SyncDetail = { ...(JSON.parse(text ?? '{}') as SyncDetail) };
    detail.carrierStanding = standing;
    await trx
      .updateTable('sync')
      .set({ detail: JSON.stringify(detail) })
      .$if(isInactive(standing) && isSyncable(indicator), (of) =>
        of.set({ reason: 'status-drift' }),
      )
      .where('id', '=', id)
      .where('status', '=', 'success')
      .execute();
  }
  const policies = waiting.map(({ policy_id }) => policy_id);
  await trx.deleteFrom('status_wait').where('policy_id', 'in', policies).execute();
  return touchRequestsOf(
    trx,
    waiting.map(({ sync_id }) => sync_id),
    now,
  );
};

const decideAll = async (
  { db, clock }: Store,
  look: (trx: Database) => Promise<readonly Waiting[]>,
): Promise<readonly string[]> => {
  const shown: string[] = [];
  for (;;) {
    const requests = await db.transaction().execute(async (trx) => {
      const waiting = await look(trx);
      return waiting.length === 0 ? undefined : decide(trx, clock(), waiting);
    });
    if (requests === undefined) return shown;
    shown.push(...requests);
  }
};

/** Decides what waited for words that the firm has taught since. */
export const decideTaught = (store: Store): Promise<readonly string[]> =>
  decideAll(
    store,
    async (trx) =>
      (
        await sql<Waiting>`
          select w.policy_id, w.sync_id, t.standing, s.detail, i.indicator
          from status_word t
          join status_wait w on w.carrier_id = t.carrier_id and w.key = t.key
          join policy p on p.id = w.policy_id
          join product_status i on i.name = p.status
          left join sync s on s.id = w.sync_id
          limit ${CHUNK}`.execute(trx)
      ).rows,
  );

/** The same for the words of an adapter. */
export const decideByAdapter = async (
  store: Store,
  carrierId: string,
  words: TaughtWords,
): Promise<readonly string[]> => {
  const shown: string[] = [];
  for (const [key, standing] of words)
    shown.push(
      ...(await decideAll(
        store,
        async (trx) =>
          (
            await sql<Waiting>`
              select w.policy_id, w.sync_id, ${standing} as standing, s.detail, i.indicator
              from status_wait w
              join policy p on p.id = w.policy_id
              join product_status i on i.name = p.status
              left join sync s on s.id = w.sync_id
              where w.carrier_id = ${carrierId} and w.key = ${key}
              limit ${CHUNK}`.execute(trx)
          ).rows,
      )),
    );
  return shown;
};

/** How many policies wait for somebody to say what this word means. */
export const waitingForWord = async (
  db: Database,
  carrierId: string,
  word: string,
): Promise<number> => {
  const { n } = await db
    .selectFrom('status_wait')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('carrier_id', '=', carrierId)
    .where('key', '=', statusKey(word))
    .executeTakeFirstOrThrow();
  return n;
};

export const carriersWaitingForWords = async ({ db }: Store): Promise<string[]> =>
  (await db.selectFrom('status_wait').select('carrier_id').distinct().execute()).map(
    ({ carrier_id: id }) => id,
  );
