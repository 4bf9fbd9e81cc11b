import { notificationSubject } from '#shared/subject.ts';
import type { Tell } from '#slack/deps.ts';
import type { Store } from '#database/store.ts';
import type { Show } from '#queue/messages.ts';
import { nextId } from '#database/ids.ts';
import { addNotification } from './store.ts';

export const createTell =
  ({ store, show }: { store: Store; show: Show }): Tell =>
  async (slackId, { name, once, title, text }) => {
    const id = await addNotification(store, {
      kind: 'notice',
      name: `${name}:${once ?? nextId(store.clock)}`,
      channel: slackId,
      about: { title, text },
    });
    if (id !== undefined) await show(notificationSubject(id));
  };
