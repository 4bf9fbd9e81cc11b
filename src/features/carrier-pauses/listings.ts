import { firstInSlack } from '#features/notifications/store.ts';
import { notificationSubject } from '#shared/subject.ts';
import type { NoticeDeps } from './pauses.ts';
import { carriersWithUntold, writeTroubles } from './store/listings.ts';

/** One notice a carrier and day of listings that were not understood, or not believed; rewritten as more come. */
export const tellListings = async ({ store, show, log, channel }: NoticeDeps): Promise<void> => {
  for (const carrier of await carriersWithUntold(store)) {
    const to = channel ?? (await firstInSlack(store.db))?.slackId;
    if (to === undefined) {
      log(`A list of ${carrier.name} is in trouble, and there is no channel or person to tell`);
      return;
    }
    const id = await writeTroubles(store, carrier, to);
    if (id !== undefined) await show(notificationSubject(id));
  }
};
