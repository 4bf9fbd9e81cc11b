import { ulid } from 'ulid';
import type { Database } from './database.ts';

/** One line of the append-only audit about a login source. */
export const audit = async (
  db: Database,
  at: number,
  entry: { personId: string | undefined; action: string; sourceId: string; detail?: object },
): Promise<void> => {
  await db
    .insertInto('audit')
    .values({
      id: ulid(at),
      at,
      person_id: entry.personId ?? null,
      action: entry.action,
      subject_type: 'source',
      subject_id: entry.sourceId,
      detail: entry.detail === undefined ? null : JSON.stringify(entry.detail),
    })
    .execute();
};
