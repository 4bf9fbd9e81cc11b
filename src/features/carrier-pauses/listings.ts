import { exchangeDay } from '#shared/calendar.ts';
import { DAY } from '#shared/clock.ts';
import { notificationSubject } from '#shared/subject.ts';
import {
  addNotification,
  notificationNamed,
  rewriteNotification,
  firstInSlack,
} from '#features/notifications/store.ts';
import type { NoticeDeps } from './pauses.ts';
import { carriersWithUntold, takeTroubles } from './store/listings.ts';

/** One notice a carrier and day of listings that were not understood, or not believed; rewritten as more come. */
export const tellListings = async ({ store, show, log, channel }: NoticeDeps): Promise<void> => {
  for (const carrier of await carriersWithUntold(store)) {
    const to = channel ?? (await firstInSlack(store.db))?.slackId;
    if (to === undefined) {
      log(`A list of ${carrier.name} is in trouble, and there is no channel or person to tell`);
      return;
    }
    const now = store.clock();
    const logins = await takeTroubles(store, carrier.id, now - DAY);
    if (logins.length === 0) continue;
    const name = `${carrier.id}:${exchangeDay(now)}`;
    const about = { carrier, logins };
    const before = await notificationNamed(store, 'listing-trouble', name);
    if (before !== undefined) await rewriteNotification(store, before.id, about);
    const id =
      before?.id ??
      (await addNotification(store, { kind: 'listing-trouble', name, channel: to, about }));
    if (id !== undefined) await show(notificationSubject(id));
  }
};
