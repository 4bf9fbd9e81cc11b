import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#shared/clock.ts';
import { slackErrorOf } from './errors.ts';

/** A person's id stands for the conversation with them. */
export const isDirect = (channel: string): boolean => /^[UWD]/.test(channel);

/** Why a channel gets nothing any more; what was for it goes to a person instead. */
export type Closed =
  | 'cannot-post'
  | 'not-a-member'
  | 'not-seen'
  | 'shared-outside'
  /** The thread that it was a part of has lost its first message. */
  | 'thread-gone';

/** Why a subject needs another place: its channel is closed, or the person whom it is for has left. */
export type Lost = Closed | 'left';

/** `unknown`: Slack did not answer; `busy`: it wants to be asked later. */
export type Seen = Exclude<Closed, 'not-seen' | 'thread-gone'> | 'open' | 'busy' | 'unknown';

/** Slack's names for a channel that takes no message of ours, or no change of one. */
const CLOSED = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'is_inactive',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'thread_not_found',
  'cannot_reply_to_message',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'ekm_access_denied',
]);

export const isClosed = (code: string | undefined): boolean =>
  code !== undefined && CLOSED.has(code);

/** Whether people of another company read there, or are about to. */
export const readsOutside = (
  channel: { is_ext_shared?: boolean; is_pending_ext_shared?: boolean } | undefined,
): boolean => channel?.is_ext_shared === true || channel?.is_pending_ext_shared === true;

const SEEN: readonly string[] = [
  'open',
  'cannot-post',
  'not-a-member',
  'shared-outside',
] satisfies Seen[];
const isSeen = (word: string): word is Seen => SEEN.includes(word);

/** What another bot saw of a channel, and when. */
interface Shared {
  last: (channelId: string) => Promise<{ seen: string; at: number } | undefined>;
  keep: (channelId: string, seen: string, at: number, ms: number) => Promise<unknown>;
}

const ALONE: Shared = {
  last: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
};

export interface Places {
  /** Kept for some seconds, where Slack answered. */
  look: (channelId: string) => Promise<Seen>;
  /** Whether this account is deactivated, or none that Slack knows; false where Slack does not say. */
  isGone: (slackId: string) => Promise<boolean>;
}

const KEEP_MS = 15_000;
const MOST = 500;

/**
 * Channels change after a card was begun in them, so each is looked at again before it gets more: by
 * one bot for all, since Slack's limit is one for all. `left` is told once of an account that is gone.
 */
export const createPlaces = (
  client: WebClient,
  clock: Clock,
  left: (slackId: string) => void,
  shared: Shared = ALONE,
): Places => {
  const forAWhile = { max: MOST, ttl: KEEP_MS, ttlResolution: 0, perf: { now: clock } };
  const kept = new LRUCache<string, Seen>(forAWhile);
  const gone = new LRUCache<string, boolean>(forAWhile);
  const told = new LRUCache<string, true>({ max: MOST });
  return {
    look: async (channelId) => {
      if (isDirect(channelId)) return 'open';
      const known = kept.get(channelId);
      if (known !== undefined) return known;
      const others = await shared.last(channelId);
      const age = others === undefined ? KEEP_MS : clock() - others.at;
      if (others !== undefined && age >= 0 && age < KEEP_MS && isSeen(others.seen)) {
        kept.set(channelId, others.seen, { ttl: KEEP_MS - age });
        return others.seen;
      }
      const at = clock();
      const seen = await lookAt(client, channelId);
      if (isSeen(seen)) {
        kept.set(channelId, seen);
        await shared.keep(channelId, seen, at, KEEP_MS);
      }
      return seen;
    },
    isGone: async (slackId) => {
      const known = gone.get(slackId);
      if (known !== undefined) return known;
      const isGone = await hasLeft(client, slackId);
      if (isGone === undefined) return false;
      gone.set(slackId, isGone);
      if (isGone && !told.has(slackId)) left(slackId);
      if (isGone) told.set(slackId, true);
      else told.delete(slackId);
      return isGone;
    },
  };
};

/** Undefined where Slack does not say. */
const hasLeft = async (client: WebClient, slackId: string): Promise<boolean | undefined> => {
  try {
    const { user } = await client.users.info({ user: slackId });
    return user?.deleted === true;
  } catch (error) {
    return slackErrorOf(error).code === 'user_not_found' ? true : undefined;
  }
};

/** What Slack says of a channel now. */
export const lookAt = async (client: WebClient, channelId: string): Promise<Seen> => {
  try {
    const { channel } = await client.conversations.info({ channel: channelId });
    if (readsOutside(channel)) return 'shared-outside';
    if (channel?.is_archived === true) return 'cannot-post';
    return channel?.is_member === false ? 'not-a-member' : 'open';
  } catch (error) {
    const { code, retryAfterMs } = slackErrorOf(error);
    if (retryAfterMs !== undefined) return 'busy';
    // Without the scope to look, the channel is as whoever set it says.
    if (code === 'missing_scope') return 'open';
    return isClosed(code) ? 'cannot-post' : 'unknown';
  }
};

/** Slack answers us at all, and so it is that channel alone it says nothing of. */
export const isAnswering = async (client: WebClient): Promise<boolean> => {
  try {
    await client.auth.test();
    return true;
  } catch {
    return false;
  }
};
