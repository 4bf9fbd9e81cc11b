import type { Store } from '#database/store.ts';
import type { NotificationAbout } from '#features/notifications/notification.ts';

type About = NotificationAbout['unserved-carrier'];

const MOST = 200;

/**
 * Names the notice that follows another one of the carrier: no name comes twice, though the first ones
 * are forgotten, and of several bots that tell of the same time one does.
 */
export const nameAfter = (carrierId: string, before: string | undefined): string =>
  `${carrierId}:${before ?? 'first'}`;

/** Of each carrier the notice that none has followed: ids of a wrong clock are not in order. */
export const lastNotices = async ({
  db,
}: Pick<Store, 'db'>): Promise<Map<string, { id: string; about: About }>> => {
  const rows = await db
    .selectFrom('notification')
    .select(['id', 'name', 'about'])
    .where('kind', '=', 'unserved-carrier')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute();
  const names = new Set(rows.map(({ name }) => name));
  const last = new Map<string, { id: string; about: About }>();
  for (const { id, about: text } of rows) {
    const about = JSON.parse(text) as About;
    const carrierId = about.carrier.id;
    if (!names.has(nameAfter(carrierId, id)) && !last.has(carrierId))
      last.set(carrierId, { id, about });
  }
  return last;
};
