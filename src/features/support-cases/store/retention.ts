import { sql } from 'kysely';
import { takeCases } from '#core/policies/store/cases.ts';
import { eachOf } from '#database/dialect.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import type { Store } from '#database/store.ts';

/**
 * Deletes cases that were closed before. The one of the highest number stays until there is another:
 * no number is given twice.
 */
export const forgetCases = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'support_case', step);
    const { rows } = await sql<{ id: string }>`
      select c.id from ${eachOf(old)} o join support_case c on c.id = o.value
      where c.closed_at < ${step.before}
        and c.number < (select max(number) from support_case)`.execute(trx);
    await takeCases(
      trx,
      rows.map(({ id }) => id),
    );
    return { last };
  });
