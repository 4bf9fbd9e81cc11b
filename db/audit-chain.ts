import { createHash, randomBytes } from 'node:crypto';

/** What a row of the audit holds; what stands was hashed so, and this is never changed. */
export interface AuditContent {
  id: string;
  at: number;
  person_id: string | null;
  action: string;
  subject_type: string;
  subject_id: string;
  detail: string | null;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Of one row alone; the salt keeps what is erased from being guessed by it. */
export const digestOf = (row: AuditContent, salt: string): string =>
  sha256(
    JSON.stringify([
      salt,
      row.id,
      row.at,
      row.person_id,
      row.action,
      row.subject_type,
      row.subject_id,
      row.detail,
    ]),
  );

/** Of a row and all before it. */
export const chained = (before: string, digest: string): string => sha256(`${before} ${digest}`);

export const newSalt = (): string => randomBytes(12).toString('base64url');

/** What stands before the first row. */
export const BEGINNING = { seq: 0, hash: '' };
