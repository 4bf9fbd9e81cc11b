import { unservedCarriers } from '#core/sessions/store/workers.ts';
import type { Store } from '#database/store.ts';
import {
  addNotification,
  firstInSlack,
  rewriteNotification,
} from '#features/notifications/store.ts';
import type { Show } from '#queue/messages.ts';
import { notificationSubject } from '#shared/subject.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { lastNotices, nameAfter } from './store.ts';

const KIND = 'unserved-carrier';

interface Deps {
  store: Store;
  show: Show;
  log: SlackDeps['log'];
  channel: string | undefined;
}

/** Operators are told once for each time that a carrier is without a worker, and when that is over. */
export const tellUnserved = async ({ store, show, log, channel }: Deps): Promise<void> => {
  const unserved = await unservedCarriers(store);
  const last = await lastNotices(store);
  for (const { id, about } of last.values()) {
    if (about.servedAt !== undefined || unserved.some((one) => one.id === about.carrier.id))
      continue;
    await rewriteNotification(store, id, { ...about, servedAt: store.clock() });
    await show(notificationSubject(id));
  }
  for (const { id, name, bound } of unserved) {
    const before = last.get(id);
    if (before !== undefined && before.about.servedAt === undefined) continue;
    const to = channel ?? (await firstInSlack(store.db))?.slackId;
    if (to === undefined) {
      log(`No worker serves ${name}, and there is no channel or person to tell`);
      return;
    }
    const about = { carrier: { id, name }, bound, toldAt: store.clock() };
    // Several bots look: of the same time, they tell once.
    const notice = { kind: KIND, name: nameAfter(id, before?.id), channel: to, about } as const;
    const added = await addNotification(store, notice);
    if (added !== undefined) await show(notificationSubject(added));
  }
};
