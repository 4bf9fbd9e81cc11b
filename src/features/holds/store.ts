import type { Store } from '#database/store.ts';
import { beginHold, endHold } from '#core/logins/store/hold.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { isOpen } from '#database/dialect.ts';
import { touchRequestsOf } from '#database/touch.ts';

/** Cards of what waits for the login tell of the hold, and of its end. */
const touchWaiting = async (trx: Database, sourceId: string, now: number): Promise<string[]> => {
  const open = await trx
    .selectFrom('sync')
    .select('id')
    .where('source_id', '=', sourceId)
    .where(isOpen())
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
    await beginHold(trx, id, { until, personId: byId });
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
    if (!(await endHold(trx, id))) return undefined;
    await audit(trx, now, { personId: byId, action: 'source.hold-ended', sourceId: id });
    return touchWaiting(trx, id, now);
  });
