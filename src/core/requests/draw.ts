import { privacyIn, type Draw } from '#slack/project.ts';
import { notThere } from '#slack/origin.ts';
import { markShown, redirect } from '#slack/store.ts';
import { askerView } from './asker-view.ts';
import { desiredMessages } from './messages/thread.ts';

/** The card of a request, and its thread. */
export const drawRequest: Draw = async (deps, requestId) => {
  const { store, settings } = deps;
  const view = await askerView({ store, openBooks: settings.openBooks }, requestId);
  if (view === undefined) return undefined;
  const { channel, threadTs, version, personSlackId } = view;
  return {
    channel,
    ...(threadTs === null ? {} : { thread: threadTs }),
    // A card of many lines moves often, so it counts as several: at most some eight updates in all.
    weight: Math.max(1, view.items.length / 4),
    isWaitedFor: true,
    messages: desiredMessages(view, {
      canLink: settings.canLink,
      privacy: privacyIn(deps, channel),
    }),
    redirect: async (why) => {
      if (why === 'left') return 'nowhere';
      await redirect(store, requestId, personSlackId, notThere(channel, why));
      return 'elsewhere';
    },
    shown: () => markShown(store, requestId, version),
  };
};
