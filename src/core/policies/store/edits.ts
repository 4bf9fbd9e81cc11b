import type { Database } from '#database/connection.ts';
import { withEdit } from '#database/edits.ts';

export type PolicyField = 'status' | 'number';

/** Notes that a person changed a field of a policy. */
export const noteEdit = async (
  trx: Database,
  policyId: string,
  field: PolicyField,
  edit: { from: string; at: number; personId: string },
) => {
  const { edits } = await trx
    .selectFrom('policy')
    .select('edits')
    .where('id', '=', policyId)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('policy')
    .set({ edits: await withEdit(trx, edits, field, edit) })
    .where('id', '=', policyId)
    .execute();
};

/** Whether what is corrected here goes on to the CRM by itself, by a webhook. */
export const isCrmTold = async (db: Database): Promise<boolean> =>
  (await db.selectFrom('webhook_target').select('id').executeTakeFirst()) !== undefined;
