import type { Clock } from '#sync/clock.ts';
import type { MessageLog } from '#sync/messages.ts';
import type { Database } from './database.ts';

/** What Slack shows of cases and of sign-ins that ask for a code. */
export const subjectMessages = (db: Database, clock: Clock): MessageLog => ({
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

  forgetMessage: async (subjectId, key) => {
    await db
      .deleteFrom('subject_message')
      .where('subject_id', '=', subjectId)
      .where('key', '=', key)
      .execute();
  },
});
