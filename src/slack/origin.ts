import * as answers from './answers.ts';
import type { SlackDeps, SlackClient } from './deps.ts';
import type { ClickAct } from './listen.ts';
import { isDirect, readsOutside } from './place.ts';

/** Whether people of another company are in it; one that cannot be looked at counts as shared. */
export const isSharedOutside = async (
  { log }: Pick<SlackDeps, 'log'>,
  client: SlackClient,
  channelId: string,
): Promise<boolean> => {
  if (/^[DUW]/.test(channelId)) return false;
  try {
    const { channel } = await client.conversations.info({ channel: channelId });
    return readsOutside(channel);
  } catch (error) {
    log(`could not look at channel ${channelId}`, error);
    return true;
  }
};

/** A click whose answer names clients, as a command that shows them. */
export const notOutside =
  <Value>(act: ClickAct<Value>): ClickAct<Value> =>
  async (deps, by, value) =>
    (await isSharedOutside(deps, by.client, by.channel))
      ? answers.notInSharedChannel()
      : act(deps, by, value);

/**
 * Where the card of something asked for in this channel goes: there, or to the person's own
 * conversation with the bot, with the reason. A person's id as channel opens that conversation.
 * `thread`: the one it was asked for in; only in that channel is there such a thread.
 */
export const originOf = async (
  { settings, log }: Pick<SlackDeps, 'settings' | 'log'>,
  client: SlackClient,
  channelId: string,
  userId: string,
  thread?: string,
): Promise<Origin> => {
  const direct = (note?: string): Origin => ({
    askedIn: channelId,
    channel: userId,
    ...(note === undefined ? {} : { note }),
  });
  if (settings.threads === 'dm') return direct();
  // A direct message is the person's own with the bot, or one the bot is no part of; a person's id
  // stands for a place without a channel, such as Home or a shortcut.
  if (isDirect(channelId)) return direct();
  try {
    const { channel } = await client.conversations.info({ channel: channelId });
    if (channel?.is_im === true) return direct();
    if (readsOutside(channel))
      return direct(
        `Here and not in <#${channelId}>, because that channel is shared with another company and client data stays out of it.`,
      );
    if (channel?.is_member !== true)
      return direct(
        `Here and not in <#${channelId}>, because I am not in that channel. Type \`/invite\` and my name there to see threads in it.`,
      );
    return {
      askedIn: channelId,
      channel: channelId,
      ...(thread === undefined ? {} : { thread }),
    };
  } catch (error) {
    log(`could not look at channel ${channelId}`, error);
    return direct("Here, because I can't see the conversation you asked in.");
  }
};

/** Where the person asked, and so where the card goes. */
export interface Origin {
  /** Channel typed in; kept for the record. */
  askedIn: string;
  /** Channel or person (a U-id opens the DM) the card is posted to. */
  channel: string;
  /** The thread it was asked for in, by the ts of its first message; the card is a reply there. */
  thread?: string;
  /** Why the card is not where it was asked for, shown on the card. */
  note?: string;
}
