import { ulid } from 'ulid';
import { chained, digestOf, newSalt, type AuditContent } from '#db/audit-chain.ts';
import type { Database } from './connection.ts';
import { isRehearsal, lockAudit } from './locks.ts';

export interface AuditEntry {
  personId: string | undefined;
  action: string;
  /** What it was done to, or who was shown what. */
  sourceId?: string;
  policyId?: string;
  carrierId?: string;
  /** A person of the firm. */
  subjectId?: string;
  /** Anything else, by its type and id. */
  subject?: readonly [type: string, id: string];
  detail?: object;
}

const subjectOf = (entry: AuditEntry): readonly [type: string, id: string] => {
  if (entry.subject !== undefined) return entry.subject;
  if (entry.policyId !== undefined) return ['policy', entry.policyId];
  if (entry.subjectId !== undefined) return ['person', entry.subjectId];
  if (entry.carrierId !== undefined) return ['carrier', entry.carrierId];
  return ['source', entry.sourceId ?? ''];
};

/** The newest row, or the last one that was let go. */
export const auditEnd = async (db: Database): Promise<{ seq: number; hash: string }> => {
  const row = await db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (
    row ?? (await db.selectFrom('audit_start').select(['seq', 'hash']).executeTakeFirstOrThrow())
  );
};

/**
 * One line of the append-only audit: never a value of a policy, never a secret, and people, clients and
 * policies by id alone, so that it names nobody once they are erased. A number that was corrected is the
 * one exception. It follows the line before it in the same transaction. A rehearsal leaves none: whoever
 * writes the next one would wait for its end.
 */
export const audit = async (db: Database, at: number, entry: AuditEntry): Promise<void> => {
  if (isRehearsal(db)) return;
  const [type, id] = subjectOf(entry);
  const content: AuditContent = {
    id: ulid(at),
    at,
    person_id: entry.personId ?? null,
    action: entry.action,
    subject_type: type,
    subject_id: id,
    detail: entry.detail === undefined ? null : JSON.stringify(entry.detail),
  };
  const salt = newSalt();
  const append = async (trx: Database): Promise<void> => {
    await lockAudit(trx);
    const before = await auditEnd(trx);
    const hash = chained(before.hash, digestOf(content, salt));
    await trx
      .insertInto('audit')
      .values({ seq: before.seq + 1, ...content, salt, hash })
      .execute();
  };
  await (db.isTransaction ? append(db) : db.transaction().execute(append));
};
