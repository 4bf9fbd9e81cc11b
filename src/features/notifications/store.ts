import { rolesThatMay } from '#shared/access.ts';
import { notificationSubject } from '#shared/subject.ts';
import type { Store } from '#database/store.ts';
import type {
  Notification,
  NewNotification,
  NotificationKind,
  NotificationAbout,
} from './notification.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import { nextId } from '#database/ids.ts';
import type { Database } from '#database/connection.ts';
import { sql } from 'kysely';

const whoAnswers = (db: Database) =>
  db
    .selectFrom('person')
    .where('deactivated_at', 'is', null)
    .where('role', 'in', rolesThatMay('case.answer'))
    .orderBy(sql`case role when 'support' then 0 when 'manager' then 1 else 2 end`)
    .orderBy('name');

/** Who answers cases: support first, then whoever else may. */
export const supporters = (db: Database) => whoAnswers(db).select('name').limit(3).execute();

/** The first of them whom Slack knows, other than who has left: reads what has no channel that may have it. */
export const firstInSlack = (db: Database, gone = '') =>
  whoAnswers(db)
    .select((of) => ['name', of.ref('slack_user_id').$notNull().as('slackId')])
    .where('slack_user_id', 'is not', null)
    .where('slack_user_id', '<>', gone)
    .limit(1)
    .executeTakeFirst();

/** Slack changes a message to an account that is gone without a word, so we look ourselves. */
export const hasLeft = async ({ db }: Store, slackId: string): Promise<boolean> =>
  (await db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', slackId)
    .where('deactivated_at', 'is not', null)
    .executeTakeFirst()) !== undefined;

const notifications = ({ db }: Store) =>
  db
    .selectFrom('notification')
    .select(['id', 'kind', 'name', 'channel', 'about', 'created_at as createdAt', 'version']);

const toNotification = (row: { about: string }): Notification =>
  ({ ...row, about: JSON.parse(row.about) as unknown }) as unknown as Notification;

/**
 * Its id when it was made now, undefined when it was there before. One transaction, or the caller's
 * where `db` is one.
 */
export const addNotification = (
  { db, clock }: Store,
  { kind, name, channel, about, logins = [] }: NewNotification,
): Promise<string | undefined> => {
  const write = async (trx: Database): Promise<string | undefined> => {
    const id = nextId(clock);
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('notification')
      .values({ id, kind, name, channel, about: JSON.stringify(about), created_at: clock() })
      .onConflict((on) => on.columns(['kind', 'name']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) return undefined;
    if (logins.length > 0)
      await trx
        .insertInto('notification_source')
        .values(
          logins.map(({ sourceId, why, until }) => ({
            notification_id: id,
            source_id: sourceId,
            why,
            until,
          })),
        )
        .execute();
    return id;
  };
  return db.isTransaction ? write(db) : db.transaction().execute(write);
};

export const notificationById = async (
  store: Store,
  id: string,
): Promise<Notification | undefined> => {
  const row = await notifications(store).where('id', '=', id).executeTakeFirst();
  return row && toNotification(row);
};

export const notificationNamed = async (
  store: Store,
  kind: NotificationKind,
  name: string,
): Promise<Notification | undefined> => {
  const row = await notifications(store)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toNotification(row);
};

/** Other data for it, so that Slack shows it anew. */
export const rewriteNotification = async (
  { db }: Store,
  id: string,
  about: NotificationAbout[NotificationKind],
) => {
  await db
    .updateTable('notification')
    .set((of) => ({ about: JSON.stringify(about), version: of('version', '+', 1) }))
    .where('id', '=', id)
    .execute();
};

/** Its id, whether it is made now or stands already and is written anew. One transaction of the caller's. */
export const putNotification = async (
  store: Store,
  notification: NewNotification,
): Promise<string | undefined> => {
  const { kind, name, about } = notification;
  const before = await notificationNamed(store, kind, name);
  if (before === undefined) return addNotification(store, notification);
  await rewriteNotification(store, before.id, about);
  return before.id;
};

/** The newest first: what Slack never takes must not keep what came since from its turn. */
export const notificationsBehind = async (
  { db }: Store,
  limit: number,
): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('notification')
      .select('id')
      .whereRef('shown_version', '<', 'version')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
  ).map(({ id }) => id);

export const markNotificationShown = async ({ db }: Store, id: string, version: number) => {
  await db
    .updateTable('notification')
    .set({ shown_version: version })
    .where('id', '=', id)
    .where('shown_version', '<', version)
    .execute();
};

/** It comes anew in another channel; what stands in the one before stays as it is. */
export const redirectNotification = (
  { db }: Store,
  id: string,
  { from, to }: { from: string; to: string },
): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('notification')
      .set((of) => ({ channel: to, version: of('version', '+', 1) }))
      .where('id', '=', id)
      .where('channel', '=', from)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    await trx
      .deleteFrom('subject_message')
      .where('subject_id', '=', notificationSubject(id))
      .execute();
  });

/**
 * Deletes the next notifications that were made before: those that Slack never took too, as nobody is
 * helped by what they told any more.
 */
export const forgetNotifications = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'notification', step);
    if (old.length === 0) return { last };
    await trx.deleteFrom('notification_source').where('notification_id', 'in', old).execute();
    await trx
      .deleteFrom('subject_message')
      .where(
        'subject_id',
        'in',
        old.map((id) => notificationSubject(id)),
      )
      .execute();
    await trx.deleteFrom('notification').where('id', 'in', old).execute();
    return { last };
  });
