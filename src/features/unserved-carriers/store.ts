import type { Store } from '#database/store.ts';
import type { NotificationAbout } from '#features/notifications/notification.ts';

type About = NotificationAbout['unserved-carrier'];

const MOST = 200;

/** The newest that was told of each carrier, and how often it was. */
export const lastNotices = async ({
  db,
}: Pick<Store, 'db'>): Promise<Map<string, { id: string; about: About; times: number }>> => {
  const rows = await db
    .selectFrom('notification')
    .select(['id', 'about'])
    .where('kind', '=', 'unserved-carrier')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute();
  const last = new Map<string, { id: string; about: About; times: number }>();
  for (const { id, about: text } of rows) {
    const about = JSON.parse(text) as About;
    const newer = last.get(about.carrier.id);
    if (newer === undefined) last.set(about.carrier.id, { id, about, times: 1 });
    else newer.times += 1;
  }
  return last;
};
