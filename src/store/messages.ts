import type { Clock } from '#sync/clock.ts';
import type { MessageStore } from '#sync/messages.ts';
import type { Database } from './database.ts';

export const messageStore = (db: Database, clock: Clock): MessageStore => ({
  sentMessages: (requestId) =>
    db
      .selectFrom('message')
      .select([
        'key',
        'channel',
        'ts',
        'content_hash as contentHash',
        'sending_at as sendingAt',
        'posted_at as postedAt',
      ])
      .where('request_id', '=', requestId)
      .execute(),

  beginMessage: async (requestId, key, channel) => {
    await db
      .insertInto('message')
      .values({
        request_id: requestId,
        key,
        channel,
        ts: null,
        content_hash: null,
        sending_at: clock(),
        posted_at: null,
      })
      .onConflict((on) => on.columns(['request_id', 'key']).doUpdateSet({ sending_at: clock() }))
      .execute();
  },

  recordMessage: async (requestId, { key, channel, ts, contentHash }) => {
    await db
      .updateTable('message')
      .set({ channel, ts, content_hash: contentHash, sending_at: null, posted_at: clock() })
      .where('request_id', '=', requestId)
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

  forgetMessage: async (requestId, key) => {
    await db
      .deleteFrom('message')
      .where('request_id', '=', requestId)
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
});
