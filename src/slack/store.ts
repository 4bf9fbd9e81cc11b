import type { Clock } from '#shared/clock.ts';
import type { MessageStore } from './sent-messages.ts';
import type { Database } from '#database/connection.ts';

export const messageStore = (
  db: Database,
  clock: Clock,
): MessageStore & {
  /** Deletes up to `limit` marks of handled events older than `before`; how many there were. */
  forgetSights: (before: number, limit: number) => Promise<number>;
} => ({
  sentMessages: (subjectId) =>
    db
      .selectFrom('subject_message')
      .select([
        'key',
        'channel',
        'ts',
        'content_hash as contentHash',
        'sending_at as sendingAt',
        'posted_at as postedAt',
      ])
      .where('subject_id', '=', subjectId)
      .execute(),

  beginMessage: async (subjectId, key, channel) => {
    await db
      .insertInto('subject_message')
      .values({
        subject_id: subjectId,
        key,
        channel,
        ts: null,
        content_hash: null,
        sending_at: clock(),
        posted_at: null,
      })
      .onConflict((on) => on.columns(['subject_id', 'key']).doUpdateSet({ sending_at: clock() }))
      .execute();
  },

  recordMessage: async (subjectId, { key, channel, ts, contentHash }) => {
    await db
      .updateTable('subject_message')
      .set({ channel, ts, content_hash: contentHash, sending_at: null, posted_at: clock() })
      .where('subject_id', '=', subjectId)
      .where('key', '=', key)
      .execute();
  },

  markShown: async (requestId, version) => {
    await db
      .updateTable('request')
      .set({ shown_version: version })
      .where('id', '=', requestId)
      .where('shown_version', '<', version)
      .execute();
  },

  redirect: async (requestId, channel, note) => {
    await db
      .updateTable('request')
      .set((of) => ({ channel, channel_note: note, version: of('version', '+', 1) }))
      .where('id', '=', requestId)
      .execute();
  },

  forgetMessage: async (subjectId, key) => {
    await db
      .deleteFrom('subject_message')
      .where('subject_id', '=', subjectId)
      .where('key', '=', key)
      .execute();
  },

  liveRequests: async () => {
    const { live } = await db
      .selectFrom('request')
      .select(({ fn }) => fn.countAll<number>().as('live'))
      .where('ended_at', 'is', null)
      .executeTakeFirstOrThrow();
    return live;
  },

  firstSight: async (key) => {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('handled')
      .values({ key, at: clock() })
      .onConflict((on) => on.column('key').doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  },

  forgetSights: async (before, limit) => {
    const { numDeletedRows } = await db
      .deleteFrom('handled')
      .where('key', 'in', (of) =>
        of.selectFrom('handled').select('key').where('at', '<', before).limit(limit),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
});
