import { LRUCache } from 'lru-cache';
import type { WebClient } from '@slack/web-api';

export type Member = NonNullable<Awaited<ReturnType<WebClient['users']['info']>>['user']>;

/**
 * Slack's own record of an account, kept a minute: a search asks at every letter typed. An older one
 * is used at once and asked for anew beside, so that nobody waits for Slack, or in vain.
 */
export interface Members {
  look: (client: WebClient, userId: string) => Promise<Member | undefined>;
  /** Slack told us of it by itself. */
  learn: (userId: string, member: Member) => void;
  /** Slack says that something of it changed. */
  forget: (userId: string) => void;
}

const FRESH_MS = 60_000;
/** Slack tells of each change; one that was told while nobody listened is known within the hour. */
const KEEP_MS = 60 * FRESH_MS;
const MOST = 5_000;

export const createMembers = (clock: () => number): Members => {
  const kept = new LRUCache<string, { member: Member; at: number }>({ max: MOST });
  const learn = (userId: string, member: Member): void => {
    kept.set(userId, { member, at: clock() });
  };
  const ask = async (client: WebClient, userId: string): Promise<Member | undefined> => {
    const before = kept.get(userId);
    const { user } = await client.users.info({ user: userId });
    // Somebody of whom Slack told meanwhile is asked for again.
    if (user !== undefined && kept.get(userId) === before) learn(userId, user);
    return user;
  };
  return {
    look: async (client, userId) => {
      const known = kept.get(userId);
      const age = known === undefined ? KEEP_MS : clock() - known.at;
      if (known === undefined || age < 0 || age >= KEEP_MS) return ask(client, userId);
      // Whoever asks next learns what this one could not wait for.
      if (age >= FRESH_MS) ask(client, userId).catch(() => undefined);
      return known.member;
    },
    learn,
    forget: (userId) => {
      kept.delete(userId);
    },
  };
};
