import type { Clock } from '#sync/clock.ts';

/**
 * Slack's published limits, kept from below: chat.update 50 a minute for a whole workspace, about
 * one post a second in a channel with short bursts.
 */
export interface Budget {
  /** 0: do it now (and it is counted); else how long to wait, ms. */
  forUpdate: (message: string, urgency: 'final' | 'moving', liveRuns: number) => number;
  forPost: (channel: string) => number;
  /** Slack said to wait. */
  rest: (ms: number) => void;
}

const MINUTE = 60_000;

export interface BudgetSettings {
  updatesPerMinute: number;
  /** A message that still moves is updated at most this often; grows with the live runs. */
  floorMs: number;
  postBurst: number;
}

export const SLACK_BUDGET: BudgetSettings = { updatesPerMinute: 45, floorMs: 3000, postBurst: 3 };

interface Bucket {
  tokens: number;
  at: number;
}

/** Takes a token, or says how long until there is one. */
const take = (bucket: Bucket, now: number, capacity: number, perMs: number): number => {
  bucket.tokens = Math.min(capacity, bucket.tokens + (now - bucket.at) * perMs);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return Math.ceil((1 - bucket.tokens) / perMs);
};

/** Messages that nobody touches for this long are forgotten. */
const FORGET_MS = 10 * MINUTE;

export const createBudget = (clock: Clock, settings: BudgetSettings): Budget => {
  const updates: Bucket = { tokens: settings.updatesPerMinute, at: clock() };
  const lastUpdate = new Map<string, number>();
  const posts = new Map<string, Bucket>();
  let restUntil = 0;

  const forget = (now: number): void => {
    for (const [message, at] of lastUpdate) if (now - at > FORGET_MS) lastUpdate.delete(message);
    for (const [channel, { at }] of posts) if (now - at > FORGET_MS) posts.delete(channel);
  };

  return {
    forUpdate: (message, urgency, liveRuns) => {
      const now = clock();
      forget(now);
      if (restUntil > now) return restUntil - now;
      const spread = Math.max(settings.floorMs, (liveRuns * MINUTE) / settings.updatesPerMinute);
      const since = now - (lastUpdate.get(message) ?? -Infinity);
      if (urgency === 'moving' && since < spread) return Math.ceil(spread - since);
      const wait = take(
        updates,
        now,
        settings.updatesPerMinute,
        settings.updatesPerMinute / MINUTE,
      );
      if (wait === 0) lastUpdate.set(message, now);
      return wait;
    },
    forPost: (channel) => {
      const now = clock();
      if (restUntil > now) return restUntil - now;
      const bucket = posts.get(channel) ?? { tokens: settings.postBurst, at: now };
      posts.set(channel, bucket);
      return take(bucket, now, settings.postBurst, 1 / 1000);
    },
    rest: (ms) => {
      restUntil = clock() + ms;
    },
  };
};
