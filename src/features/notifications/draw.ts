import { privacyIn, type Draw } from '#slack/project.ts';
import type { Lost } from '#slack/place.ts';
import type { NotificationKind } from './notification.ts';
import { notificationMessages, type Drawings } from './messages.ts';
import {
  notificationById,
  hasLeft,
  markNotificationShown,
  redirectNotification,
  firstInSlack,
} from './store.ts';

/** What is not for one person alone: another one reads it where that person has left. */
const OF_THE_FIRM: ReadonlySet<NotificationKind> = new Set([
  'carrier-pause',
  'digest',
  'listing-trouble',
  'unserved-carrier',
]);

/** Why something goes to a person, for the log. */
export const becauseOf = (why: Lost, channel: string): string => {
  if (why === 'left') return 'that account has left';
  return why === 'shared-outside'
    ? 'it is shared with another company'
    : `add the bot to ${channel}`;
};

/** A notification; `drawings` has those of each kind. */
export const drawNotification =
  (drawings: Drawings): Draw =>
  async (deps, notificationId) => {
    const { store, log, settings } = deps;
    const notification = await notificationById(store, notificationId);
    if (notification === undefined) return undefined;
    const { kind, channel, version } = notification;
    // What the firm must know is not lost to a channel that cannot have it.
    const redirect = async (why: Lost) => {
      if (why === 'left' && !OF_THE_FIRM.has(kind)) return 'nowhere';
      const first = await firstInSlack(store.db, channel);
      if (first !== undefined)
        await redirectNotification(store, notificationId, { from: channel, to: first.slackId });
      log(
        `a ${kind} cannot be posted in ${channel}, and goes to ${first?.name ?? 'nobody'}: ${becauseOf(why, 'that channel')}`,
      );
      return first === undefined ? 'nowhere' : 'elsewhere';
    };
    if (OF_THE_FIRM.has(kind) && (await hasLeft(store, channel)))
      if ((await redirect('left')) === 'elsewhere') return { kind: 'later', ms: 1 };
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
      redirect,
      shown: () => markNotificationShown(store, notificationId, version),
    };
  };
