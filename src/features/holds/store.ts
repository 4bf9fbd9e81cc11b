import type { Store } from '#database/store.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { touchRequestsOf } from '#database/touch.ts';

/** Cards of what waits for the login tell of the hold, and of its end. */
const touchWaiting = async (trx: Database, sourceId: string, now: number): Promise<string[]> => {
  const open = await trx
    .selectFrom('sync')
    .select('id')
    .where('source_id', '=', sourceId)
    .where('status', 'in', ['queued', 'in-progress'])
    .where('priority', '=', 1)
    .execute();
  return touchRequestsOf(
    trx,
    open.map(({ id }) => id),
    now,
  );
};

/** Nothing of this login is read until then; the requests to show it to. */
export const insertHold = ({ db, clock }: Store, id: string, until: number, byId: string) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await trx
      .updateTable('login_source')
      .set({ held_until: until, held_by: byId })
      .where('id', '=', id)
      .execute();
    await audit(trx, now, {
      personId: byId,
      action: 'source.held',
      sourceId: id,
      detail: { until },
    });
    return touchWaiting(trx, id, now);
  });

/** Undefined when it was not on hold; `byId` is undefined when its time has come. */
export const clearHold = ({ db, clock }: Store, id: string, byId: string | undefined) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const { numUpdatedRows } = await trx
      .updateTable('login_source')
      .set({ held_until: null, held_by: null })
      .where('id', '=', id)
      .where('held_until', 'is not', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    await audit(trx, now, { personId: byId, action: 'source.hold-ended', sourceId: id });
    return touchWaiting(trx, id, now);
  });

/** Logins whose hold is over and not yet ended. */
export const holdsOver = async ({ db, clock }: Store): Promise<readonly string[]> =>
  (
    await db.selectFrom('login_source').select('id').where('held_until', '<=', clock()).execute()
  ).map(({ id }) => id);
