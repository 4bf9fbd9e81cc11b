import type { Database } from '#database/connection.ts';

/** What people changed here that the CRM's files do not say yet, by field. */
export type PolicyEdits = Partial<Record<'status' | 'number', Edit>>;

export const editsOf = (json: string | null): PolicyEdits =>
  json === null ? {} : (JSON.parse(json) as PolicyEdits);

export const jsonOf = (edits: PolicyEdits): string | null =>
  Object.keys(edits).length === 0 ? null : JSON.stringify(edits);

/** Notes that a person changed a field; of several changes in a row, what the CRM said stays. */
export const noteEdit = async (
  trx: Database,
  policyId: string,
  field: keyof PolicyEdits,
  edit: { from: string; at: number; personId: string },
) => {
  const { edits } = await trx
    .selectFrom('policy')
    .select('edits')
    .where('id', '=', policyId)
    .executeTakeFirstOrThrow();
  const person = await trx
    .selectFrom('person')
    .select('name')
    .where('id', '=', edit.personId)
    .executeTakeFirst();
  const before = editsOf(edits);
  const next: PolicyEdits = {
    ...before,
    [field]: {
      crm: before[field]?.crm ?? edit.from,
      at: edit.at,
      by: person?.name ?? 'somebody who has left',
    },
  };
  await trx
    .updateTable('policy')
    .set({ edits: jsonOf(next) })
    .where('id', '=', policyId)
    .execute();
};

/** A value that a person changed here after the CRM's file had said another one. */
export interface Edit {
  /** What the CRM said last. */
  crm: string;
  /** Epoch ms */
  at: number;
  /** Name of who did it. */
  by: string;
}
