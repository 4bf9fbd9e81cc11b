import { LRUCache } from 'lru-cache';
import type { WebClient } from '@slack/web-api';

export type Member = NonNullable<Awaited<ReturnType<WebClient['users']['info']>>['user']>;

/** Slack's own record of an account, kept a minute: a search asks at every letter typed. */
export interface Members {
  look: (client: WebClient, userId: string) => Promise<Member | undefined>;
  /** Slack says that something of it changed. */
  forget: (userId: string) => void;
}

const KEEP_MS = 60_000;
const MOST = 2_000;

export const createMembers = (): Members => {
  const kept = new LRUCache<string, Member>({ max: MOST, ttl: KEEP_MS });
  return {
    look: async (client, userId) => {
      const known = kept.get(userId);
      if (known !== undefined) return known;
      const { user } = await client.users.info({ user: userId });
      if (user !== undefined) kept.set(userId, user);
      return user;
    },
    forget: (userId) => {
      kept.delete(userId);
    },
  };
};
