import { ulid } from 'ulid';
import type { Database } from './database.ts';

/** One line of the append-only audit: never a value of a policy, never a secret. */
export const audit = async (
  db: Database,
  at: number,
  entry: {
    personId: string | undefined;
    action: string;
    /** What it was done to: a login source unless a policy or contact is named. */
    sourceId?: string;
    policyId?: string;
    detail?: object;
  },
): Promise<void> => {
  const [type, id] =
    entry.policyId === undefined ? ['source', entry.sourceId ?? ''] : ['policy', entry.policyId];
  await db
    .insertInto('audit')
    .values({
      id: ulid(at),
      at,
      person_id: entry.personId ?? null,
      action: entry.action,
      subject_type: type,
      subject_id: id,
      detail: entry.detail === undefined ? null : JSON.stringify(entry.detail),
    })
    .execute();
};
