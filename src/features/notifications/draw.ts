import type { WebClient } from '@slack/web-api';
import { isDirect } from '#slack/deliver.ts';
import { slackErrorOf } from '#slack/errors.ts';
import { privacyIn, type Draw } from '#slack/project.ts';
import { notificationMessages, type Drawings } from './messages.ts';
import {
  notificationById,
  markNotificationShown,
  redirectNotification,
  supporters,
} from './store.ts';

/** It is tried again soon where Slack did not say whose a channel is. */
const SOON_MS = 3000;
/** Nobody of the firm is on Slack to be told instead: a person has to change something first. */
const NOWHERE_MS = 10 * 60_000;

/**
 * Whether people of another company read there: a channel of the firm may have been opened to them
 * since it was set. One that the bot may not look at is as its setting says.
 */
const placeOf = async (
  client: WebClient,
  channelId: string,
): Promise<'shared-outside' | 'our-own' | 'unknown'> => {
  if (isDirect(channelId)) return 'our-own';
  try {
    const { channel } = await client.conversations.info({ channel: channelId });
    return channel?.is_ext_shared === true || channel?.is_pending_ext_shared === true
      ? 'shared-outside'
      : 'our-own';
  } catch (error) {
    return slackErrorOf(error).code === undefined ? 'unknown' : 'our-own';
  }
};

/** A notification; `drawings` has those of each kind. */
export const drawNotification =
  (drawings: Drawings): Draw =>
  async (deps, notificationId) => {
    const { store, client, log, settings } = deps;
    const notification = await notificationById(store, notificationId);
    if (notification === undefined) return undefined;
    const { kind, channel, version } = notification;
    /** What the firm must know is not lost to a channel that cannot have it. */
    const redirect = async (why: string): Promise<boolean> => {
      const first = (await supporters(store.db)).find(({ slackId }) => slackId !== null);
      if (first?.slackId != null) await redirectNotification(store, notificationId, first.slackId);
      log(
        `a ${kind} cannot be posted in ${channel}, and goes to ${first?.name ?? 'nobody'}: ${why}`,
      );
      return first !== undefined;
    };
    const place = await placeOf(client, channel);
    if (place === 'unknown') return { kind: 'later', ms: SOON_MS };
    if (place === 'shared-outside') {
      const found = await redirect('it is shared with another company');
      return { kind: 'later', ms: found ? 1 : NOWHERE_MS };
    }
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
      redirect: async () =>
        (await redirect('add the bot to that channel')) ? 'elsewhere' : 'nowhere',
      shown: () => markNotificationShown(store, notificationId, version),
    };
  };
