import { LRUCache } from 'lru-cache';
import type { WebClient } from '@slack/web-api';
import { setTimeout as sleep } from 'node:timers/promises';
import { slackErrorOf } from './errors.ts';
import { standingOf, type Seen } from './standing.ts';

export type Member = NonNullable<Awaited<ReturnType<WebClient['users']['info']>>['user']>;

type Watcher = (slackId: string, said: Pick<Member, 'tz'>) => Promise<void>;

/**
 * Slack's own record of an account, kept a minute: a search asks at every letter typed. An older one
 * is used at once and asked for anew beside, so that nobody waits for Slack, or in vain.
 */
export interface Members {
  /** Undefined where Slack knows no such account; throws where it does not say so within a second. */
  look: (client: WebClient, userId: string) => Promise<Member | undefined>;
  /** Slack says that something of it changed; the next look asks. */
  changed: (member: Member) => Promise<void>;
  /** Slack's own record, read in a list and acted on: the next look need not ask for it. */
  learn: (member: Member) => Promise<void>;
  /** The next look asks Slack. */
  forget: (userId: string) => void;
  /** Told of whatever Slack says of an account: in an event, in a list, or asked. It never throws. */
  watch: (tell: Watcher) => void;
}

const FRESH_MS = 60_000;
/** Slack tells of each change; one that was told while nobody listened is known within the hour. */
const KEEP_MS = 60 * FRESH_MS;
const MOST = 5_000;
/** An act is not acknowledged before it is known whose it is, and Slack waits three seconds. */
const PATIENCE_MS = 1000;

class TooLate extends Error {
  override name = 'TooLate';
}

/** `seen` is told of what Slack says of an account, and acts before anybody reads it. */
export const createMembers = (
  clock: () => number,
  teamId: string,
  seen: (account: Seen, noticed: 'event' | 'asked') => Promise<void>,
): Members => {
  const kept = new LRUCache<string, { member: Member; at: number }>({ max: MOST });
  const watchers: Watcher[] = [];
  const tell: Watcher = async (userId, said) => {
    for (const watcher of watchers) await watcher(userId, said);
  };
  const learn = (userId: string, member: Member): Promise<void> => {
    kept.set(userId, { member, at: clock() });
    return tell(userId, member);
  };
  /** How often Slack told of a change, to know what it said before one. */
  const changes = new LRUCache<string, number>({ max: MOST });
  const ask = async (client: WebClient, userId: string): Promise<Member | undefined> => {
    const [before, changed] = [kept.get(userId), changes.get(userId)];
    const { user } = await client.users.info({ user: userId }).catch((error: unknown) => {
      if (slackErrorOf(error).code !== 'user_not_found') throw error;
      return { user: undefined };
    });
    const standing = user === undefined ? 'absent' : standingOf(user, teamId);
    await seen({ slackId: userId, standing }, 'asked');
    // Somebody of whom Slack told meanwhile is asked for again.
    if (kept.get(userId) !== before || changes.get(userId) !== changed) return user;
    if (user === undefined) kept.delete(userId);
    // Nobody who asks waits for what others make of it.
    else void learn(userId, user);
    return user;
  };
  /** What comes later is kept for the next look. */
  const inTime = async (asked: Promise<Member | undefined>): Promise<Member | undefined> => {
    const ended = new AbortController();
    const late = sleep(PATIENCE_MS, undefined, { signal: ended.signal }).then(() => {
      throw new TooLate('Slack did not say in time who somebody is');
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      ended.abort();
      late.catch(() => undefined);
    }
  };
  return {
    look: async (client, userId) => {
      const known = kept.get(userId);
      const age = known === undefined ? KEEP_MS : clock() - known.at;
      if (known === undefined || age < 0 || age >= KEEP_MS) return inTime(ask(client, userId));
      // Whoever asks next learns what this one could not wait for.
      if (age >= FRESH_MS) ask(client, userId).catch(() => undefined);
      return known.member;
    },
    changed: async (member) => {
      if (member.id === undefined) return;
      // It holds less than Slack's own record, so that one is read at the person's next act.
      kept.delete(member.id);
      changes.set(member.id, (changes.get(member.id) ?? 0) + 1);
      await seen({ slackId: member.id, standing: standingOf(member, teamId) }, 'event');
      await tell(member.id, member);
    },
    learn: async (member) => {
      if (member.id !== undefined) await learn(member.id, member);
    },
    forget: (userId) => {
      kept.delete(userId);
    },
    watch: (watcher) => {
      watchers.push(watcher);
    },
  };
};
