import type { Database } from './connection.ts';

/** A value that a person changed here after the CRM's file had said another one. */
export interface Edit {
  /** What the CRM said last; empty where it never said anything. */
  crm: string;
  /** Epoch ms */
  at: number;
  /** Name of who did it. */
  by: string;
}

/** What people changed here that the CRM's files do not say yet, by field; kept as JSON. */
export type Edits<Field extends string = string> = Partial<Record<Field, Edit>>;

export const editsOf = <Field extends string>(json: string | null): Edits<Field> =>
  json === null ? {} : (JSON.parse(json) as Edits<Field>);

export const jsonOf = (edits: Edits): string | null =>
  Object.keys(edits).length === 0 ? null : JSON.stringify(edits);

/** The JSON with this change of a field; of several changes in a row, what the CRM said stays. */
export const withEdit = async (
  trx: Database,
  json: string | null,
  field: string,
  edit: { from: string; at: number; personId: string },
): Promise<string | null> => {
  const before = editsOf(json);
  const person = await trx
    .selectFrom('person')
    .select('name')
    .where('id', '=', edit.personId)
    .executeTakeFirst();
  const by = person?.name ?? 'someone who has left';
  return jsonOf({ ...before, [field]: { crm: before[field]?.crm ?? edit.from, at: edit.at, by } });
};
