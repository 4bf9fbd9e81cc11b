import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';

/** All that writes login_hold: somebody is in the portal of a login. */

/** Nobody is in the portal of login `l`. */
export const isNotHeld = (now: number): RawBuilder<boolean> => sql<boolean>`
  not exists (select 1 from login_hold where source_id = l.id and until > ${now})`;

export const beginHold = async (
  trx: Database,
  sourceId: string,
  { until, personId }: { until: number; personId: string },
): Promise<void> => {
  const held = { until, person_id: personId };
  await trx
    .insertInto('login_hold')
    .values({ source_id: sourceId, ...held })
    .onConflict((on) => on.column('source_id').doUpdateSet(held))
    .execute();
};

/** Whether there was one. */
export const endHold = async (trx: Database, sourceId: string): Promise<boolean> => {
  const { numDeletedRows } = await trx
    .deleteFrom('login_hold')
    .where('source_id', '=', sourceId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
};

/** No hold is longer than `longest`, ms: one that is, a clock that stood ahead has begun. */
export const shortenHolds = async (db: Database, now: number, longest: number): Promise<void> => {
  await db
    .updateTable('login_hold')
    .set({ until: now + longest })
    .where('until', '>', now + longest)
    .execute();
};

/** Logins whose hold is over and not yet ended. */
export const holdsOver = async (db: Database, now: number): Promise<readonly string[]> =>
  (await db.selectFrom('login_hold').select('source_id').where('until', '<=', now).execute()).map(
    ({ source_id }) => source_id,
  );
