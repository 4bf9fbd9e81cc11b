import { LRUCache } from 'lru-cache';

/**
 * The thread that an answer belongs to though it stands in the channel: Slack shows an answer for
 * one person in a thread only once somebody has replied there. Lost on a restart, as it may be: the
 * next card then stands in the channel.
 */
const threads = new LRUCache<string, string>({ max: 1000 });

const keyOf = (channel: string, messageTs: string): string => `${channel}:${messageTs}`;

export const rememberThread = (channel: string, messageTs: string, thread: string): void => {
  threads.set(keyOf(channel, messageTs), thread);
};

export const rememberedThread = (channel: string, messageTs: string): string | undefined =>
  threads.get(keyOf(channel, messageTs));
