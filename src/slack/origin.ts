import * as answers from './answers.ts';
import type { SlackDeps, SlackClient } from './deps.ts';
import type { ClickAct } from './listen.ts';
import { askAgain } from './say-again.ts';
import { isAnswering, isDirect, lookAt, readsOutside, type Closed } from './place.ts';

/** Whether people of another company are in it; one that cannot be looked at counts as shared. */
export const isSharedOutside = async (
  { log }: Pick<SlackDeps, 'log'>,
  client: SlackClient,
  channelId: string,
): Promise<boolean> => {
  if (/^[DUW]/.test(channelId)) return false;
  try {
    // Nobody could read the answer meanwhile: it may wait for what Slack says.
    const { channel } = await askAgain(
      () => client.conversations.info({ channel: channelId }),
      () => isAnswering(client),
    );
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
 * conversation with the bot. A person's id as channel opens that conversation. Slack is not asked, so
 * that a request is written down at once: whoever shows the card looks at its channel first, and finds
 * it another place where that one may not have it. `thread`: the one it was asked for in.
 */
export const originOf = (
  { settings }: Pick<SlackDeps, 'settings'>,
  channelId: string,
  userId: string,
  thread?: string,
): Origin =>
  // A direct message is the person's own with the bot, or one the bot is no part of; a person's id
  // stands for a place without a channel, such as Home or a shortcut.
  settings.threads === 'dm' || isDirect(channelId)
    ? { askedIn: channelId, channel: userId }
    : {
        askedIn: channelId,
        channel: channelId,
        ...(thread === undefined ? {} : { thread }),
      };

/** Where a card of this origin comes, as whoever shows it will find. */
export const cardComes = async (
  client: SlackClient,
  { channel }: Origin,
): Promise<'here' | 'direct' | Closed | 'unknown'> => {
  if (isDirect(channel)) return 'direct';
  const seen = await lookAt(client, channel);
  if (seen === 'open') return 'here';
  return seen === 'busy' ? 'unknown' : seen;
};

const BECAUSE: Record<Closed, string> = {
  'shared-outside': 'that channel is shared with another company, and client data stays out of it',
  'not-a-member': 'I am not in that channel. Type `/invite` and my name there to see threads in it',
  'cannot-post': "I can't post there",
  'not-seen': "Slack doesn't tell me who reads that channel",
  'thread-gone': 'the message that you asked beneath was deleted',
};

/** Why a card is in the direct messages. */
export const notThere = (channel: string, why: Closed): string =>
  `Here and not in <#${channel}>, because ${BECAUSE[why]}.`;

/** The origin that a modal kept, of a person whose card was to go elsewhere; a note of ours alone counts. */
export const originKept = (
  deps: Pick<SlackDeps, 'settings'>,
  { askedIn, channel, thread, note }: Origin,
  userId: string,
): Origin => {
  if (!isDirect(channel)) return originOf(deps, askedIn, userId, thread);
  const reasons = (Object.keys(BECAUSE) as Closed[]).map((why) => notThere(askedIn, why));
  return {
    askedIn,
    channel: userId,
    ...(note !== undefined && reasons.includes(note) ? { note } : {}),
  };
};

/** Where the person asked, and so where the card goes. */
export interface Origin {
  /** Channel typed in; kept for the record. */
  askedIn: string;
  /** Channel or person (a U-id opens the DM) the card is posted to. */
  channel: string;
  /** The thread it was asked for in, by the ts of its first message; the card is a reply there. */
  thread?: string;
  /** Why the card is there, shown on it. */
  note?: string;
}
