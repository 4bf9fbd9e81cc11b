import { sql } from 'kysely';
import { touchRequestsOf } from '#database/touch.ts';
import { isOpen } from '#database/dialect.ts';
import { shortenLeases } from '#core/logins/store/lease.ts';
import type { Store } from '#database/store.ts';
import { LONGEST_REST } from '../retry.ts';
import { PROBE_LIFE_MS } from '../pause-rules.ts';

/**
 * What a clock that stood ahead has put off ends no later than the longest that it may be put off by
 * a right one; the requests to show that to.
 */
export const shortenWaits = ({ db, clock }: Store): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await shortenLeases(trx, now, LONGEST_REST);
    for (const [column, longest] of [
      ['paused_until', LONGEST_REST],
      ['probe_until', PROBE_LIFE_MS],
    ] as const)
      await trx
        .updateTable('carrier')
        .set({ [column]: now + longest })
        .where(column, '>', now + longest)
        .execute();
    const waits = await trx
      .updateTable('sync')
      .set({ not_before: now + LONGEST_REST })
      .where(isOpen())
      .where('status', '=', 'queued')
      // Its index holds what waits for a time alone.
      .where('not_before', '>', sql.lit(0))
      .where('not_before', '>', now + LONGEST_REST)
      .returning('id')
      .execute();
    return touchRequestsOf(
      trx,
      waits.map(({ id }) => id),
      now,
    );
  });
