import type { Store } from '#database/store.ts';
import type { Letter, NewLetter, LetterKind, LetterAbout } from './notification.ts';
import { nextId } from '#database/ids.ts';
import type { Database } from '#database/connection.ts';
import { sql } from 'kysely';

export const supporters = (db: Database) =>
  db
    .selectFrom('person')
    .select(['name', 'slack_user_id as slackId'])
    .where('deactivated_at', 'is', null)
    .where('role', 'in', ['support', 'manager', 'owner'])
    .orderBy(sql`case role when 'support' then 0 when 'manager' then 1 else 2 end`)
    .orderBy('name')
    .limit(3)
    .execute();

const letters = ({ db }: Store) =>
  db
    .selectFrom('letter')
    .select(['id', 'kind', 'name', 'channel', 'about', 'created_at as createdAt', 'version']);

const toLetter = (row: { about: string }): Letter =>
  ({ ...row, about: JSON.parse(row.about) as unknown }) as unknown as Letter;

/** Its id when it was made now, undefined when it was there before. */
export const addLetter = async (
  { db, clock }: Store,
  { kind, name, channel, about }: NewLetter,
) => {
  const id = nextId(clock);
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('letter')
    .values({
      id,
      kind,
      name,
      channel,
      about: JSON.stringify(about),
      created_at: clock(),
    })
    .onConflict((on) => on.columns(['kind', 'name']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? id : undefined;
};

export const letterById = async (store: Store, id: string): Promise<Letter | undefined> => {
  const row = await letters(store).where('id', '=', id).executeTakeFirst();
  return row && toLetter(row);
};

export const letterNamed = async (
  store: Store,
  kind: LetterKind,
  name: string,
): Promise<Letter | undefined> => {
  const row = await letters(store)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toLetter(row);
};

/** Other data for it, so that Slack shows it anew. */
export const rewriteLetter = async ({ db }: Store, id: string, about: LetterAbout[LetterKind]) => {
  await db
    .updateTable('letter')
    .set((of) => ({ about: JSON.stringify(about), version: of('version', '+', 1) }))
    .where('id', '=', id)
    .execute();
};

export const lettersBehind = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('letter')
      .select('id')
      .whereRef('shown_version', '<', 'version')
      .orderBy('id')
      .limit(limit)
      .execute()
  ).map(({ id }) => id);

export const markLetterShown = async ({ db }: Store, id: string, version: number) => {
  await db
    .updateTable('letter')
    .set({ shown_version: version })
    .where('id', '=', id)
    .where('shown_version', '<', version)
    .execute();
};

export const redirectLetter = async ({ db }: Store, id: string, channel: string): Promise<void> => {
  await db
    .updateTable('letter')
    .set((of) => ({ channel, version: of('version', '+', 1) }))
    .where('id', '=', id)
    .execute();
};
