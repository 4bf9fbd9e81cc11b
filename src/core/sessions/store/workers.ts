import { sql } from 'kysely';
import { claimable, runnable } from './claims.ts';
import { dayWantedAt } from './days-to-come.ts';
import { isFree } from '#core/logins/store/lease.ts';
import { audit } from '#database/audit.ts';
import type { Store } from '#database/store.ts';
import { MINUTE, DAY } from '#shared/clock.ts';
import type { Lane } from '#queue/sessions.ts';

/** Who serves which carrier. A worker that is bound keeps its carriers while it is away. */

/** Told of itself each half minute, a worker that was not seen for so long is away. */
const AWAY_MS = 3 * MINUTE;

/** It is there from now on, and bound to these carriers; to none, it serves what no other is bound to. */
export const beginWorker = ({ db, clock }: Store, name: string, lane: Lane): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await trx
      .insertInto('worker')
      .values({ name, began_at: now, seen_at: now })
      .onConflict((on) => on.column('name').doUpdateSet({ began_at: now, seen_at: now }))
      .execute();
    await trx.deleteFrom('worker_carrier').where('worker', '=', name).execute();
    if (lane.length > 0)
      await trx
        .insertInto('worker_carrier')
        .values(lane.map((carrier_id) => ({ worker: name, carrier_id })))
        .execute();
    // Those that were killed and had no name of their own.
    await sql`delete from worker where seen_at < ${now - DAY}
      and not exists (select 1 from worker_carrier b where b.worker = worker.name)`.execute(trx);
  });

export const seeWorker = async ({ db, clock }: Store, name: string): Promise<void> => {
  const now = clock();
  // One that took no sessions for a day is forgotten, and may take them again.
  await db
    .insertInto('worker')
    .values({ name, began_at: now, seen_at: now })
    .onConflict((on) => on.column('name').doUpdateSet({ seen_at: now }))
    .execute();
};

/** It stops; its carriers stay its own. */
export const endWorker = async ({ db }: Store, name: string): Promise<void> => {
  await sql`delete from worker where name = ${name}
    and not exists (select 1 from worker_carrier b where b.worker = worker.name)`.execute(db);
};

/** Lets any worker serve it again; the workers that were bound to it, which the audit notes. */
export const freeCarrier = ({ db, clock }: Store, carrierId: string): Promise<string[]> =>
  db.transaction().execute(async (trx) => {
    const freed = await trx
      .deleteFrom('worker_carrier')
      .where('carrier_id', '=', carrierId)
      .returning('worker')
      .execute();
    const workers = freed.map(({ worker }) => worker).toSorted();
    if (workers.length > 0)
      await audit(trx, clock(), {
        personId: undefined,
        action: 'carrier.freed',
        carrierId,
        detail: { workers },
      });
    return workers;
  });

export interface SeenWorker {
  name: string;
  /** None: all that no other is bound to. */
  carriers: Lane;
  seenAt: number;
  isAway: boolean;
}

export const seenWorkers = async ({ db, clock }: Store): Promise<SeenWorker[]> => {
  const workers = await db.selectFrom('worker').selectAll().orderBy('name').execute();
  const bound = await db.selectFrom('worker_carrier').selectAll().orderBy('carrier_id').execute();
  const now = clock();
  return workers.map(({ name, seen_at: seenAt }) => ({
    name,
    carriers: bound.filter(({ worker }) => worker === name).map(({ carrier_id: id }) => id),
    seenAt,
    isAway: seenAt < now - AWAY_MS,
  }));
};

/** The lanes that workers are bound to, each once. */
export const boundLanes = async (store: Store): Promise<Lane[]> => {
  const lanes = (await seenWorkers(store)).map(({ carriers }) => carriers);
  return [...new Map(lanes.map((lane) => [lane.join(','), lane])).values()].filter(
    (lane) => lane.length > 0,
  );
};

/** A carrier whose syncs wait, and have for minutes, while no worker that may serve it is there. */
export interface UnservedCarrier {
  id: string;
  name: string;
  /** The workers that are bound to it, all of them away; none where every carrier waits like it. */
  bound: readonly string[];
}

export const unservedCarriers = async (store: Store): Promise<UnservedCarrier[]> => {
  const workers = await seenWorkers(store);
  const carriers = await store.db.selectFrom('carrier').select(['id', 'name']).execute();
  const before = store.clock() - AWAY_MS;
  const unserved: UnservedCarrier[] = [];
  for (const { id, name } of carriers) {
    const bound = workers.filter((worker) => worker.carriers.includes(id));
    const may = bound.length > 0 ? bound : workers.filter(({ carriers: own }) => own.length === 0);
    if (may.some(({ isAway }) => !isAway)) continue;
    const { rows } = await sql`
      select 1 from ${claimable(before)} and s.created_at <= ${before}
        and l.carrier_id = ${id} and ${isFree(store.clock())}
      union all
      select 1 from login_source l join carrier c on c.id = l.carrier_id
        where l.carrier_id = ${id} and ${runnable(before)} and ${isFree(store.clock())}
          and ${dayWantedAt(store.clock())} <= ${before}
      limit 1`.execute(store.db);
    if (rows.length > 0) unserved.push({ id, name, bound: bound.map((worker) => worker.name) });
  }
  return unserved;
};
