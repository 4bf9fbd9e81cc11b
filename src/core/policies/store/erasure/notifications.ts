import {
  isMentioned,
  onlyMentions,
  withoutMentions,
  type Mentions,
  type NamedBy,
} from '#core/policies/erasure.ts';
import type { Database } from '#database/connection.ts';
import { breathe } from '#shared/clock.ts';
import { notificationSubject } from '#shared/subject.ts';

/** A notification that tells of a contact. */
interface Telling {
  id: string;
  kind: string;
  channel: string;
  created_at: number;
  /** As it is written. */
  about: string;
  /** What of it tells of them. */
  by: Mentions;
  /** It is of them alone, and goes as a whole. */
  isWhole: boolean;
}

/** Rows that one step looks through. */
const STEP = 500;

/** Notifications that are of one contact, or of one policy, and go as a whole. */
const OF_ONE = ['meeting', 'meeting-link', 'calendar-doubt', 'history-file'];

/**
 * All that tell of them, a step at a time. A notice is text alone, so a name is enough there; whatever else
 * tells of somebody has our ids.
 */
async function* tellingOf(
  db: Database,
  { byId, byNumber, mentions }: NamedBy,
): AsyncGenerator<Telling[]> {
  for (let after = ''; ; await breathe()) {
    const rows = await db
      .selectFrom('notification')
      .select(['id', 'kind', 'channel', 'created_at', 'about'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(STEP)
      .execute();
    yield rows.flatMap((row) => {
      const about: unknown = JSON.parse(row.about);
      const by = row.kind === 'notice' ? mentions : byNumber;
      if (!isMentioned(about, by)) return [];
      return [{ ...row, by, isWhole: OF_ONE.includes(row.kind) && isMentioned(about, byId) }];
    });
    const last = rows.at(-1);
    if (last === undefined || rows.length < STEP) return;
    after = last.id;
  }
}

/** What Slack is sent them by: those that go as a whole, and those that tell of others as well. */
export const notificationsOf = async (db: Database, names: NamedBy) => {
  const whole: string[] = [];
  const shared: string[] = [];
  for await (const telling of tellingOf(db, names))
    for (const { id, isWhole } of telling) (isWhole ? whole : shared).push(notificationSubject(id));
  return { whole, shared };
};

/** What notices, digests and reminders tell of them, without what they tell of others. */
export const noticesOf = async (db: Database, names: NamedBy) => {
  const found = [];
  for await (const telling of tellingOf(db, names))
    for (const { kind, channel, created_at, about, by } of telling)
      found.push({ kind, channel, created_at, about: onlyMentions(JSON.parse(about), by) });
  return found;
};

const forgetNotifications = (db: Database, ids: readonly string[]): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await trx.deleteFrom('notification_source').where('notification_id', 'in', ids).execute();
    await trx
      .deleteFrom('subject_message')
      .where('subject_id', 'in', ids.map(notificationSubject))
      .execute();
    await trx.deleteFrom('notification').where('id', 'in', ids).execute();
  });

/** What notifications tell of them: one of them alone goes, and the others lose that part. */
export const eraseFromNotifications = async (db: Database, names: NamedBy): Promise<void> => {
  for await (const telling of tellingOf(db, names)) {
    const whole = telling.filter(({ isWhole }) => isWhole).map(({ id }) => id);
    if (whole.length > 0) await forgetNotifications(db, whole);
    for (const { id, about, by, isWhole } of telling) {
      if (isWhole) continue;
      // As long as it is what was read: a digest may be told anew meanwhile.
      await db
        .updateTable('notification')
        .set({ about: JSON.stringify(withoutMentions(JSON.parse(about), by)) })
        .where('id', '=', id)
        .where('about', '=', about)
        .execute();
    }
  }
};
