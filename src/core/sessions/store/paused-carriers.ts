import type { CarrierPause } from '#core/requests/view.ts';
import type { PauseReason } from '#shared/outcome.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import { isOwn } from '#core/logins/store/login-sources.ts';
import type { Store } from '#database/store.ts';

export interface PausedCarrier {
  name: string;
  pause: CarrierPause;
}

/** Of carrier `c`. */
export const PAUSED_BY = sql`(select by.name from carrier_pause k join person by on by.id = k.paused_by
  where k.carrier_id = c.id and k.ended_at is null)`;

export const pausedCarriers = async (
  db: Database,
  which: RawBuilder<unknown>,
): Promise<PausedCarrier[]> => {
  const { rows } = await sql<{ name: string; reason: string; by: string | null }>`
    select c.name, c.paused_reason as reason, ${PAUSED_BY} as by from carrier c
    where c.paused_reason is not null and ${which} order by c.name`.execute(db);
  return rows.map(({ name, reason, by }) => ({ name, pause: pauseOf(reason, by) }));
};

/** Carriers of the person's own logins that are not asked now. */
export const pausedFor = ({ db }: Store, personId: string): Promise<PausedCarrier[]> =>
  pausedCarriers(
    db,
    sql`exists (select 1 from login_source l where ${isOwn(sql`${personId}`)} and l.carrier_id = c.id)`,
  );

export const pauseOf = (reason: string, by: string | null): CarrierPause => ({
  reason: reason as PauseReason,
  ...(by === null ? {} : { by }),
});
