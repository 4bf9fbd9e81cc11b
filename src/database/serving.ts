import type BetterSqlite from 'better-sqlite3';
import type { Database } from './connection.ts';
import type { Tables } from './schema.ts';
import { Unusable } from './unusable.ts';

const SERVING = 'serving';
/** In the file that a firm left: `team_id` names where it is. */
export const MOVED = 'moved';
/** In the database that a firm is being carried into. */
const MOVING = 'moving';
/** In a database that a copy is being brought into: `team_id` is the hash of that copy. */
export const RESTORING = 'restoring';
/** Of a firm that is taken out: `team_id` names the folder that it is written to. */
const LEAVING = 'leaving';
/** Of one that was taken out: `team_id` is the day. */
const LEFT = 'left';

const WHY: Record<string, (of: string) => string> = {
  [MOVED]: (target) =>
    `This firm moved to ${target}. Set DATABASE_URL to its address, and unset DATABASE_FILE. Where swivel-sync move-to did not come to its end, run the same again first.`,
  [MOVING]: () =>
    'A move into this database has not come to its end. Run the same swivel-sync move-to again.',
  [RESTORING]: () =>
    'A restore into this database has not come to its end, or its copy was not to be trusted. Run the same swivel-sync restore again: it says which.',
  [LEAVING]: (folder) =>
    `This firm is being taken out. Run swivel-sync offboard ${folder} --yes again, until it says that it is done.`,
  [LEFT]: (day) =>
    `Its firm was taken out on ${day}. For another one name an empty database, or an empty DATA_DIR.`,
};

/**
 * A database serves one workspace for good: the local one, where anybody can be anybody, never
 * reads what a real one has stored, and a real one never trusts what was made up locally.
 */
export const claimDatabase = async (
  db: Database,
  { teamId, local }: { teamId: string; local: boolean },
): Promise<void> => {
  const row = { id: SERVING, team_id: teamId, local: local ? 1 : 0 };
  await db
    .insertInto('serving')
    .values(row)
    .onConflict((on) => on.column('id').doNothing())
    .execute();
  const served = await db
    .selectFrom('serving')
    .selectAll()
    .where('id', '=', SERVING)
    .executeTakeFirstOrThrow();
  if (served.local !== row.local)
    throw new Unusable(
      local
        ? 'This database has served a real workspace, so the local one does not open it. Set DATA_DIR to another folder.'
        : 'This database was made by the local workspace, so a real one does not use it. Set DATA_DIR to another folder.',
    );
  if (served.team_id !== teamId)
    throw new Unusable(
      `This database belongs to the workspace ${served.team_id}, not to ${teamId}. Set DATA_DIR to another folder.`,
    );
};

/** Throws where the firm is elsewhere, or is not all here yet. */
export const expectWhole = async (db: Database): Promise<void> => {
  const marks = await db
    .selectFrom('serving')
    .select(['id', 'team_id'])
    .where('id', 'in', Object.keys(WHY))
    .execute();
  for (const { id, team_id: of } of marks) throw new Unusable(WHY[id]?.(of));
};

/** As SQL that is brought in with the copy, in its transaction: from its first row on no bot serves it. */
export const markOfRestore = (hash: string): string =>
  `insert into serving (id, team_id, local) values ('${RESTORING}', '${hash}', 0)
    on conflict (id) do update set team_id = excluded.team_id;`;

/** What an engine brought back: until it is settled no bot serves it. */
export const beginRestore = async (db: Database): Promise<void> => {
  await db
    .insertInto('serving')
    .values({ id: RESTORING, team_id: '', local: 0 })
    .onConflict((on) => on.column('id').doNothing())
    .execute();
};

/** What came back is settled: a bot may serve it. The caller has the transaction. */
export const endRestore = async (trx: Database): Promise<void> => {
  await trx.deleteFrom('serving').where('id', '=', RESTORING).execute();
};

/** What is known of a firm's leave, and whom its bot served. */
export const leaveOf = async (
  db: Database,
): Promise<{ folder: string | undefined; left: string | undefined; teamId: string }> => {
  const marks = await db.selectFrom('serving').select(['id', 'team_id']).execute();
  const of = (id: string): string | undefined => marks.find((mark) => mark.id === id)?.team_id;
  return { folder: of(LEAVING), left: of(LEFT), teamId: of(SERVING) ?? '' };
};

/** From now on no bot serves it. */
export const beginLeave = async (db: Database, folder: string): Promise<void> => {
  await db
    .insertInto('serving')
    .values({ id: LEAVING, team_id: folder, local: 0 })
    .onConflict((on) => on.column('id').doNothing())
    .execute();
};

/** Nothing of it is left but the day. */
export const endLeave = (db: Database, day: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await trx.deleteFrom('serving').execute();
    await trx.insertInto('serving').values({ id: LEFT, team_id: day, local: 0 }).execute();
  });

/** Where the firm of this file moved to. */
export const wasMovedTo = (from: BetterSqlite.Database): string | undefined =>
  from.prepare<[string], string>('select team_id from serving where id = ?').pluck().get(MOVED);

/** A firm comes into an empty database, or into one that it was on its way to. */
export const beginMove = (to: Database): Promise<'begun' | 'goes-on' | 'taken'> =>
  to.transaction().execute(async (trx) => {
    const serving = await trx.selectFrom('serving').select('id').execute();
    if (serving.some(({ id }) => id === MOVING)) return 'goes-on';
    const people = await trx.selectFrom('person').select('id').limit(1).execute();
    const policies = await trx.selectFrom('policy').select('id').limit(1).execute();
    if (serving.length + people.length + policies.length > 0) return 'taken';
    await trx.insertInto('serving').values({ id: MOVING, team_id: '', local: 0 }).execute();
    return 'begun';
  });

/** From now on no bot serves this file. What it says of whom it served. */
export const markMoved = (
  from: BetterSqlite.Database,
  target: string,
): readonly Tables['serving'][] => {
  from
    .prepare(
      'insert into serving (id, team_id, local) values (?, ?, 0) on conflict (id) do nothing',
    )
    .run(MOVED, target);
  return from
    .prepare<[string], Tables['serving']>('select * from serving where id <> ?')
    .all(MOVED);
};

/** All of it is there: a bot may serve it, for whom the old one served. */
export const endMove = (to: Database, serving: readonly Tables['serving'][]): Promise<void> =>
  to.transaction().execute(async (trx) => {
    await trx.deleteFrom('serving').execute();
    if (serving.length > 0)
      await trx
        .insertInto('serving')
        .values([...serving])
        .execute();
  });
