import type { Clock } from '#shared/clock.ts';
import type { Letter, LetterStore } from './notification.ts';
import type { Database } from '#database/connection.ts';
import { idMaker } from '#database/ids.ts';

export const letterStore = (db: Database, clock: Clock): LetterStore => {
  const nextId = idMaker(clock);
  const letters = () =>
    db
      .selectFrom('letter')
      .select(['id', 'kind', 'name', 'channel', 'about', 'created_at as createdAt', 'version']);
  // What a kind is about was written by addLetter or rewriteLetter of the same kind.
  const toLetter = (row: { about: string }): Letter =>
    ({ ...row, about: JSON.parse(row.about) as unknown }) as unknown as Letter;

  return {
    addLetter: async ({ kind, name, channel, about }) => {
      const id = nextId();
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
    },

    letter: async (id) => {
      const row = await letters().where('id', '=', id).executeTakeFirst();
      return row && toLetter(row);
    },

    letterNamed: async (kind, name) => {
      const row = await letters()
        .where('kind', '=', kind)
        .where('name', '=', name)
        .executeTakeFirst();
      return row && toLetter(row);
    },

    rewriteLetter: async (id, about) => {
      await db
        .updateTable('letter')
        .set((of) => ({ about: JSON.stringify(about), version: of('version', '+', 1) }))
        .where('id', '=', id)
        .execute();
    },

    lettersBehind: async (limit) =>
      (
        await db
          .selectFrom('letter')
          .select('id')
          .whereRef('shown_version', '<', 'version')
          .orderBy('id')
          .limit(limit)
          .execute()
      ).map(({ id }) => id),

    markLetterShown: async (id, version) => {
      await db
        .updateTable('letter')
        .set({ shown_version: version })
        .where('id', '=', id)
        .where('shown_version', '<', version)
        .execute();
    },

    redirectLetter: async (id, channel) => {
      await db
        .updateTable('letter')
        .set((of) => ({ channel, version: of('version', '+', 1) }))
        .where('id', '=', id)
        .execute();
    },
  };
};
