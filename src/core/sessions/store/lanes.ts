import { sql, type RawBuilder } from 'kysely';
import type { Store } from '#database/store.ts';
import { REST, type Lane } from '#queue/sessions.ts';

/** Login `l` is at a carrier of this lane. */
export const inLane = (lane: Lane): RawBuilder<boolean> =>
  lane.length === 0
    ? sql<boolean>`not exists (select 1 from worker_carrier b where b.carrier_id = l.carrier_id)`
    : sql<boolean>`l.carrier_id in (${sql.join(lane)})`;

/** The lane of a login's sessions: of several workers bound to its carrier, that of the newest. */
export const laneOf = async ({ db }: Pick<Store, 'db'>, sourceId: string): Promise<Lane> => {
  const { rows } = await sql<{ id: string }>`
    select o.carrier_id as id from worker_carrier o where o.worker = (
      select b.worker from login_source l
        join worker_carrier b on b.carrier_id = l.carrier_id join worker w on w.name = b.worker
      where l.id = ${sourceId} order by w.began_at desc, w.name limit 1)
    order by o.carrier_id`.execute(db);
  return rows.length === 0 ? REST : rows.map(({ id }) => id);
};

/** Whether a session of this login is for a worker of this lane: bindings change while jobs wait. */
export const isInLane = async (
  { db }: Pick<Store, 'db'>,
  sourceId: string,
  lane: Lane,
): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from login_source l where l.id = ${sourceId} and ${inLane(lane)}`.execute(db);
  return rows.length > 0;
};
