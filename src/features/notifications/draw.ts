import { privacyIn, type Draw } from '#slack/project.ts';
import { notificationMessages, type Drawings } from './messages.ts';
import {
  notificationById,
  markNotificationShown,
  redirectNotification,
  firstInSlack,
} from './store.ts';

/** A notification; `drawings` has those of each kind. */
export const drawNotification =
  (drawings: Drawings): Draw =>
  async (deps, notificationId) => {
    const { store, log, settings } = deps;
    const notification = await notificationById(store, notificationId);
    if (notification === undefined) return undefined;
    const { kind, channel, version } = notification;
    return {
      channel,
      messages: await notificationMessages(
        drawings,
        notification,
        {
          privacy: privacyIn(deps, channel),
          canLink: settings.canLink,
          command: settings.command,
        },
        deps,
      ),
      // What the firm must know is not lost to a channel that cannot have it.
      redirect: async (why) => {
        const first = await firstInSlack(store.db);
        if (first !== undefined) await redirectNotification(store, notificationId, first.slackId);
        const because =
          why === 'shared-outside'
            ? 'it is shared with another company'
            : 'add the bot to that channel';
        log(
          `a ${kind} cannot be posted in ${channel}, and goes to ${first?.name ?? 'nobody'}: ${because}`,
        );
        return first === undefined ? 'nowhere' : 'elsewhere';
      },
      shown: () => markNotificationShown(store, notificationId, version),
    };
  };
