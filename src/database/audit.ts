import { ulid } from 'ulid';
import type { Database } from './connection.ts';

/** One line of the append-only audit: never a value of a policy, never a secret. */
export const audit = async (
  db: Database,
  at: number,
  entry: {
    personId: string | undefined;
    action: string;
    /** What it was done to. */
    sourceId?: string;
    policyId?: string;
    carrierId?: string;
    /** A person of the firm. */
    subjectId?: string;
    detail?: object;
  },
): Promise<void> => {
  const [type, id] =
    entry.policyId !== undefined
      ? ['policy', entry.policyId]
      : entry.subjectId !== undefined
        ? ['person', entry.subjectId]
        : entry.carrierId !== undefined
          ? ['carrier', entry.carrierId]
          : ['source', entry.sourceId ?? ''];
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
