import { LRUCache } from 'lru-cache';
import { type Clock, MINUTE } from '#shared/clock.ts';

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
  /** Slack refused this by name; when it is tried again, ms: ever more seldom, never given up. */
  refuse: (attempt: string) => number;
  /** How long until that; 0 when it was not refused, or is due. */
  refusedFor: (attempt: string) => number;
  /** Updates left in this minute, how long Slack wants to be left alone, ms, and what it refuses. */
  state: () => { updatesLeft: number; restMs: number; refused: number };
  /** How long after a call that got no answer the next is made. */
  retryMs: number;
}

export interface BudgetSettings {
  updatesPerMinute: number;
  /** A message that still moves is updated at most this often; grows with the live runs. */
  floorMs: number;
  postBurst: number;
  retryMs: number;
}

export const SLACK_BUDGET: BudgetSettings = {
  updatesPerMinute: 45,
  floorMs: 3000,
  postBurst: 3,
  retryMs: 3000,
};

/** What still moves leaves the rest of a minute's updates to what has ended. */
const MOVING_SHARE = 0.8;

/** A refusal may be mended within minutes by whoever runs Slack, and one of days only by chance. */
const FIRST_REFUSED_MS = MINUTE;
const LONGEST_REFUSED_MS = 15 * MINUTE;
const MOST_REFUSED = 5000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Takes a token, or says how long until there is one. */
const take = (bucket: Bucket, now: number, capacity: number, perMs: number): number => {
  bucket.tokens = Math.min(capacity, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return Math.ceil((1 - bucket.tokens) / perMs);
};

/** How long until fewer than `most` of these times lie in the minute before; 0 when they do. */
const waitForRoom = (times: readonly number[], most: number, now: number): number => {
  const inTheWay = times.length < most ? undefined : times[times.length - most];
  return inTheWay === undefined ? 0 : Math.min(MINUTE, inTheWay + MINUTE - now);
};

/** Messages that nobody touches for this long are forgotten. */
const FORGET_MS = 10 * MINUTE;

/**
 * Of a workspace that several bots serve, each keeps to its part: what is to be shown is spread over
 * them evenly, by the queue that they share.
 */
export const createBudget = (
  clock: Clock,
  { floorMs, postBurst, ...settings }: BudgetSettings,
  bots: () => number = () => 1,
): Budget => {
  const partOf = (whole: number): number => Math.max(1, Math.floor(whole / bots()));
  /** When each update of the last minute was made: no minute, wherever it begins, has too many. */
  let updates: number[] = [];
  const lastUpdate = new Map<string, number>();
  const posts = new Map<string, Bucket>();
  let restUntil = 0;
  const refused = new LRUCache<string, { until: number; ms: number }>({ max: MOST_REFUSED });

  const forget = (now: number): void => {
    for (const [message, at] of lastUpdate) if (now - at > FORGET_MS) lastUpdate.delete(message);
    for (const [channel, { at }] of posts) if (now - at > FORGET_MS) posts.delete(channel);
  };

  return {
    retryMs: settings.retryMs,
    forUpdate: (message, urgency, liveRuns) => {
      const now = clock();
      forget(now);
      if (restUntil > now) return restUntil - now;
      updates = updates.filter((at) => now - at < MINUTE);
      const updatesPerMinute = partOf(settings.updatesPerMinute);
      const mostMoving = Math.max(1, Math.floor(updatesPerMinute * MOVING_SHARE));
      const spread = Math.max(floorMs, (liveRuns * MINUTE) / mostMoving);
      // A clock that was set back must not hold a card for as long as it went back.
      const since = Math.max(0, now - (lastUpdate.get(message) ?? -Infinity));
      if (urgency === 'moving' && since < spread) return Math.ceil(spread - since);
      const most = urgency === 'moving' ? mostMoving : updatesPerMinute;
      const wait = waitForRoom(updates, most, now);
      if (wait > 0) return wait;
      updates.push(now);
      lastUpdate.set(message, now);
      return 0;
    },
    forPost: (channel) => {
      const now = clock();
      if (restUntil > now) return restUntil - now;
      const burst = partOf(postBurst);
      const bucket = posts.get(channel) ?? { tokens: burst, at: now };
      posts.set(channel, bucket);
      return take(bucket, now, burst, 1 / (1000 * bots()));
    },
    rest: (ms) => {
      restUntil = Math.max(restUntil, clock() + ms);
    },
    refuse: (attempt) => {
      const before = refused.get(attempt)?.ms;
      const ms = before === undefined ? FIRST_REFUSED_MS : Math.min(before * 2, LONGEST_REFUSED_MS);
      refused.set(attempt, { until: clock() + ms, ms });
      return ms;
    },
    state: () => {
      const now = clock();
      const made = updates.filter((at) => now - at < MINUTE).length;
      return {
        updatesLeft: Math.max(0, partOf(settings.updatesPerMinute) - made),
        restMs: Math.max(0, restUntil - now),
        refused: refused.size,
      };
    },
    refusedFor: (attempt) => {
      const it = refused.get(attempt);
      // A clock that was set back must not hold it for as long as it went back.
      return it === undefined ? 0 : Math.min(it.ms, Math.max(0, it.until - clock()));
    },
  };
};
