import { audit } from './audit.ts';
import type { Database } from './connection.ts';
import type { SecretKind } from './sealed.ts';
import type { Store } from './store.ts';

const COPIED = 'database.copied';
const SUBJECT = ['database', ''] as const;

/** Written before a copy is made, so that the copy tells until when it holds everything. */
export const writeCopied = (
  { db, clock }: Store,
  { withKey }: { withKey: boolean },
): Promise<void> =>
  audit(db, clock(), {
    personId: undefined,
    action: COPIED,
    subject: SUBJECT,
    detail: { withKey },
  });

export const writeRestored = ({ db, clock }: Store, of: number | undefined): Promise<void> =>
  audit(db, clock(), {
    personId: undefined,
    action: 'database.restored',
    subject: SUBJECT,
    ...(of !== undefined && { detail: { of } }),
  });

/** Until when a copy holds everything; undefined where it was made by another program. */
export const copiedAt = async (db: Database): Promise<number | undefined> => {
  const row = await db
    .selectFrom('audit')
    .select('at')
    .where('subject_type', '=', SUBJECT[0])
    .where('subject_id', '=', SUBJECT[1])
    .where('action', '=', COPIED)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.at;
};

/**
 * The newest time that is written in it. Who follows each write keeps their order, so all that was
 * written before then is there.
 */
export const lastMoment = async (db: Database): Promise<number | undefined> => {
  const newest = await Promise.all([
    db
      .selectFrom('worker')
      .select(({ fn }) => fn.max('seen_at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('audit')
      .select(({ fn }) => fn.max('at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('request')
      .select(({ fn }) => fn.max('created_at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('sync')
      .select(({ fn }) => fn.max('created_at').as('at'))
      .executeTakeFirst(),
    db
      .selectFrom('sync')
      .select(({ fn }) => fn.max('finished_at').as('at'))
      .executeTakeFirst(),
  ]);
  const at = Math.max(...newest.map((row) => row?.at ?? 0));
  return at === 0 ? undefined : at;
};

/** The logins, and whatever else has secrets of its own, that none of these keys opens something of. */
export const ownersOfOtherKeys = async (
  db: Database,
  keyIds: readonly string[],
): Promise<string[]> => {
  const rows = await db
    .selectFrom('sealed_secret')
    .select('source_id')
    .distinct()
    .where('sealed', '!=', '')
    .$if(keyIds.length > 0, (query) => query.where('key_id', 'not in', keyIds))
    .orderBy('source_id')
    .execute();
  return rows.map((row) => row.source_id);
};

/** By key: how much is sealed to it that is still to be opened. By kind, since long secrets are slow to read. */
export const secretsByKey = (db: Database): Promise<{ keyId: string; count: number }[]> =>
  db
    .selectFrom('sealed_secret')
    .select(({ fn }) => ['key_id as keyId', fn.countAll<number>().as('count')])
    .where('kind', '!=', 'submitted' satisfies SecretKind)
    .groupBy('key_id')
    .orderBy('key_id')
    .execute();

/** Secrets that none of these keys opens. */
export const secretsOfOtherKeys = async (
  db: Database,
  keyIds: readonly string[],
): Promise<number> => {
  const { count } = await db
    .selectFrom('sealed_secret')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    // What was used is emptied: no key is missing for it.
    .where('sealed', '!=', '')
    .$if(keyIds.length > 0, (query) => query.where('key_id', 'not in', keyIds))
    .executeTakeFirstOrThrow();
  return count;
};
