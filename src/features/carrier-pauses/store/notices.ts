import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { PauseEnd } from '#core/sessions/pause-rules.ts';
import { audit } from '#database/audit.ts';
import { policiesToCome } from '#core/sessions/store/days-to-come.ts';
import { beginPause, endPause, freeShutOut, openPauseOf } from '#core/sessions/store/pauses.ts';
import type { Database } from '#database/connection.ts';
import { lockCarrier } from '#database/locks.ts';
import { touchRequestsOf } from '#database/touch.ts';
import type { PauseReason } from '#shared/outcome.ts';
import { putNotification } from '#features/notifications/store.ts';

/** One pause of a carrier, as operators are told of it. */
export interface CarrierPauseFacts {
  id: string;
  carrier: { id: string; name: string };
  reason: PauseReason;
  /** Epoch ms */
  beganAt: number;
  by?: string;
  /** Failed syncs and sign-ins, and how many policies and logins they were of. */
  failures: number;
  policies: number;
  /** What the adapter missed; nothing personal. */
  note?: string;
  picture?: string;
  trace?: string;
  probes: number;
  /** When one sync tries again; undefined: not by itself. */
  nextProbeAt?: number;
  /** Syncs that wait for its end. */
  waiting: number;
  ended?: { at: number; how: PauseEnd; by?: string; runsNow: number };
  version: number;
}

/** Policies of a day to come are counted up to this many: more is not worth a walk for a card. */
const MOST_TO_COME = 10_000;

const waitingCount = async (store: Store, carrierId: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from sync s join login_source l on l.id = s.source_id
    where l.carrier_id = ${carrierId} and s.status = 'queued'`.execute(store.db);
  return (rows[0]?.n ?? 0) + (await policiesToCome(store, { carrierId, most: MOST_TO_COME }));
};

const toldCount = async (db: Database, pauseId: string): Promise<number> => {
  const { n } = await db
    .selectFrom('pause_wait')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('pause_id', '=', pauseId)
    .executeTakeFirstOrThrow();
  return n;
};

export const factsOf = async (store: Store, id: string): Promise<CarrierPauseFacts | undefined> => {
  const { db } = store;
  const row = await db
    .selectFrom('carrier_pause as k')
    .innerJoin('carrier as c', 'c.id', 'k.carrier_id')
    .leftJoin('person as p', 'p.id', 'k.paused_by')
    .leftJoin('person as e', 'e.id', 'k.ended_by')
    .selectAll('k')
    .select(['c.name', 'c.paused_until', 'p.name as by', 'e.name as ender'])
    .where('k.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { note, picture, trace, by, ender, paused_until: until, ended_at: endedAt } = row;
  return {
    id: row.id,
    carrier: { id: row.carrier_id, name: row.name },
    reason: row.reason as PauseReason,
    beganAt: row.began_at,
    ...(by === null ? {} : { by }),
    failures: row.failures,
    policies: row.policies,
    ...(note === null ? {} : { note }),
    ...(picture === null ? {} : { picture }),
    ...(trace === null ? {} : { trace }),
    probes: row.probes,
    ...(until === null || endedAt !== null ? {} : { nextProbeAt: until }),
    waiting: endedAt === null ? await waitingCount(store, row.carrier_id) : 0,
    ...(endedAt === null
      ? {}
      : {
          ended: {
            at: endedAt,
            how: row.ended_how as PauseEnd,
            ...(ender === null ? {} : { by: ender }),
            runsNow: await toldCount(db, id),
          },
        }),
    version: row.version,
  };
};

/** It stays open until the transaction ends, unless that ends it. */
const openPause = async (trx: Database, id: string) => {
  const read = () =>
    trx
      .selectFrom('carrier_pause')
      .select(['id', 'carrier_id', 'reason'])
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
  const pause = await read();
  if (pause === undefined) return undefined;
  await lockCarrier(trx, pause.carrier_id);
  return read();
};

/** False when it is not open any more. */
export const resumeCarrier = ({ db, clock }: Store, pauseId: string, personId: string) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const pause = await openPause(trx, pauseId);
    if (pause === undefined) return undefined;
    const shown = await endPause(trx, now, pause, { how: 'by-hand', personId });
    const { carrier_id: carrierId } = pause;
    await audit(trx, now, { personId, action: 'carrier.resumed', carrierId });
    return touchRequestsOf(trx, shown, now);
  });

/** Undefined when it is paused already. */
export const pauseCarrier = ({ db, clock }: Store, carrierId: string, personId: string) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await lockCarrier(trx, carrierId);
    const known = await trx
      .selectFrom('carrier')
      .select('id')
      .where('id', '=', carrierId)
      .executeTakeFirst();
    if (known === undefined || (await openPauseOf(trx, carrierId)) !== undefined) return undefined;
    const by = { carrierId, reason: 'by-hand', until: null, personId } as const;
    const shown = await beginPause(trx, now, by);
    await audit(trx, now, { personId, action: 'carrier.paused', carrierId });
    return touchRequestsOf(trx, shown, now);
  });

/** The next probe is due at once. False when the pause is over. */
export const probeNow = ({ db, clock }: Store, pauseId: string, personId: string) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const pause = await openPause(trx, pauseId);
    if (pause === undefined) return false;
    await makeDue(trx, now, pause.carrier_id);
    await trx
      .updateTable('carrier_pause')
      .set((of) => ({ version: of('version', '+', 1) }))
      .where('id', '=', pauseId)
      .execute();
    await audit(trx, now, { personId, action: 'carrier.probed', carrierId: pause.carrier_id });
    return true;
  });

/** Pauses whose notice does not say how they stand. */
export const pausesBehind = async ({ db }: Store): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('carrier_pause')
      .select('id')
      .whereRef('told_version', '<', 'version')
      .orderBy('id')
      .limit(50)
      .execute()
  ).map(({ id }) => id);

/**
 * Its notice says how the pause stands, from now on; undefined where another bot has said as much or more:
 * one that stood still meanwhile must not bring back what was so before.
 */
export const writeNotice = (
  { db, clock }: Store,
  { version, ...about }: CarrierPauseFacts,
  channel: string,
): Promise<string | undefined> =>
  db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('carrier_pause')
      .set({ told_version: version })
      .where('id', '=', about.id)
      .where('told_version', '<', version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    const notice = { kind: 'carrier-pause', name: about.id, channel, about } as const;
    return putNotification({ db: trx, clock }, notice);
  });

/** Another adapter than before: what paused the carrier may be mended, so it is tried at once. */
export const adapterLoaded = ({ db, clock }: Store, carrierId: string, hash: string) =>
  db.transaction().execute(async (trx) => {
    const carrier = await trx
      .selectFrom('carrier')
      .select(['adapter_hash', 'paused_reason'])
      .where('id', '=', carrierId)
      .executeTakeFirst();
    if (carrier === undefined || carrier.adapter_hash === hash) return;
    await trx
      .updateTable('carrier')
      .set({ adapter_hash: hash })
      .where('id', '=', carrierId)
      .execute();
    if (carrier.adapter_hash !== null && carrier.paused_reason === 'portal-changed')
      await makeDue(trx, clock(), carrierId);
  });

/**
 * A person mended the adapter and said yes to it: workers load that one, and one sync tries at once. False
 * when the carrier is not paused for what its adapter did not understand.
 */
export const adapterMended = ({ db, clock }: Store, carrierId: string, hash: string) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await lockCarrier(trx, carrierId);
    const known = await trx
      .updateTable('carrier')
      .set({ mended_hash: hash, adapter_hash: hash })
      .where('id', '=', carrierId)
      .returning('paused_reason')
      .executeTakeFirst();
    if (known === undefined) return false;
    await audit(trx, now, {
      personId: undefined,
      action: 'carrier.repaired',
      carrierId,
      detail: { adapter: hash },
    });
    if (known.paused_reason !== 'portal-changed') return false;
    await makeDue(trx, now, carrierId);
    await trx
      .updateTable('carrier_pause')
      .set((of) => ({ version: of('version', '+', 1) }))
      .where('carrier_id', '=', carrierId)
      .where('ended_at', 'is', null)
      .execute();
    return true;
  });

/** What waits at a carrier, of this number where one is named, and the login that sees it. */
export const oneThatWaits = async (
  { db }: Store,
  carrierId: string,
  number?: string,
): Promise<{ number: string; sourceId: string; login: string; holder: string } | undefined> =>
  db
    .selectFrom('sync as s')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .select(['p.number', 'l.id as sourceId', 'l.name as login', 'h.name as holder'])
    .where('l.carrier_id', '=', carrierId)
    .where('s.status', '=', 'queued')
    .$if(number !== undefined, (of) => of.where('p.number', '=', number ?? ''))
    .orderBy('s.priority')
    .limit(1)
    .executeTakeFirst();

/** How the carrier stands now, and how many syncs wait for it. */
export const pauseStanding = async (
  store: Store,
  carrierId: string,
): Promise<{ paused: boolean; waiting: number; probes: number }> => {
  const open = await openPauseOf(store.db, carrierId);
  return {
    paused: open !== undefined,
    probes: open?.probes ?? 0,
    waiting: await waitingCount(store, carrierId),
  };
};

export const carrierIds = async ({ db }: Store): Promise<readonly string[]> =>
  (await db.selectFrom('carrier').select('id').execute()).map(({ id }) => id);

/** One sync may try at once, of what the carrier shut out too. */
const makeDue = async (trx: Database, now: number, carrierId: string): Promise<void> => {
  await trx
    .updateTable('carrier')
    .set({ paused_until: now, probe_sync_id: null, probe_until: null })
    .where('id', '=', carrierId)
    .execute();
  await freeShutOut(trx, carrierId, { after: now, at: now, reason: 'blocked' });
};
