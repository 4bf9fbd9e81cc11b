import type { Database } from './connection.ts';

/**
 * A database serves one workspace for good: the local one, where anybody can be anybody, never
 * reads what a real one has stored, and a real one never trusts what was made up locally.
 */
export const claimDatabase = async (
  db: Database,
  { teamId, local }: { teamId: string; local: boolean },
): Promise<void> => {
  const row = { id: 'serving', team_id: teamId, local: local ? 1 : 0 };
  await db
    .insertInto('serving')
    .values(row)
    .onConflict((on) => on.column('id').doNothing())
    .execute();
  const served = await db.selectFrom('serving').selectAll().executeTakeFirstOrThrow();
  if (served.local !== row.local)
    throw new Error(
      local
        ? 'This database has served a real workspace, so the local one does not open it. Set DATA_DIR to another folder.'
        : 'This database was made by the local workspace, so a real one does not use it. Set DATA_DIR to another folder.',
    );
  if (served.team_id !== teamId)
    throw new Error(
      `This database belongs to the workspace ${served.team_id}, not to ${teamId}. Set DATA_DIR to another folder.`,
    );
};
