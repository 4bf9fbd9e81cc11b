import { LRUCache } from 'lru-cache';
import type { SlackLimits } from '#queue/slack-limits.ts';
import { type Clock, MINUTE } from '#shared/clock.ts';

/**
 * Slack's published limits, kept from below: chat.update 50 a minute for a whole workspace, about
 * one post a second in a channel with short bursts. All bots of a workspace share them.
 */
export interface Budget {
  /** 0: do it now (and it is counted); else how long to wait, ms. */
  forUpdate: (message: string, urgency: 'final' | 'moving', live: number) => Promise<number>;
  /** Posts into a channel come in the order in which they first ask; `name` is asked by again. */
  forPost: (channel: string, name: string) => Promise<number>;
  /** Slack said to wait with posts, and what is asked for them, or with updates. */
  rest: SlackLimits['rest'];
  /** Slack refused this by name; when it is tried again, ms: ever more seldom, never given up. */
  refuse: (attempt: string) => number;
  /** How long until that; 0 when it was not refused, or is due. */
  refusedFor: (attempt: string) => number;
  /**
   * Updates left in this minute, how long Slack wants to be left alone, ms, both of all bots and
   * undefined where Redis does not say; and what Slack refuses this bot.
   */
  state: () => Promise<{
    updatesLeft: number | undefined;
    restMs: number | undefined;
    refused: number;
  }>;
  /** How long after a call that got no answer the next is made. */
  retryMs: number;
}

export interface BudgetSettings {
  updatesPerMinute: number;
  /** A message that still moves is updated at most this often; grows with what moves beside it. */
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
const POST_EVERY_MS = 1000;

/** A refusal may be mended within minutes by whoever runs Slack, and one of days only by chance. */
const FIRST_REFUSED_MS = MINUTE;
const LONGEST_REFUSED_MS = 15 * MINUTE;
const MOST_REFUSED = 5000;

export const createBudget = (
  clock: Clock,
  { updatesPerMinute, floorMs, postBurst, retryMs }: BudgetSettings,
  limits: SlackLimits,
): Budget => {
  const refused = new LRUCache<string, { until: number; ms: number }>({ max: MOST_REFUSED });
  const movingPerMinute = Math.max(1, Math.floor(updatesPerMinute * MOVING_SHARE));
  return {
    retryMs,
    forUpdate: async (message, urgency, live) => {
      const spreadMs = Math.max(floorMs, (live * MINUTE) / movingPerMinute);
      const wait = await limits.update({
        message,
        perMinute: updatesPerMinute,
        movingPerMinute,
        ...(urgency === 'moving' ? { spreadMs } : {}),
      });
      return wait ?? retryMs;
    },
    forPost: async (channel, name) =>
      (await limits.post({ channel, name, burst: postBurst, everyMs: POST_EVERY_MS })) ?? retryMs,
    rest: limits.rest,
    refuse: (attempt) => {
      const before = refused.get(attempt)?.ms;
      const ms = before === undefined ? FIRST_REFUSED_MS : Math.min(before * 2, LONGEST_REFUSED_MS);
      refused.set(attempt, { until: clock() + ms, ms });
      return ms;
    },
    refusedFor: (attempt) => {
      const it = refused.get(attempt);
      // A clock that was set back must not hold it for as long as it went back.
      return it === undefined ? 0 : Math.min(it.ms, Math.max(0, it.until - clock()));
    },
    state: async () => {
      const made = await limits.made();
      return {
        updatesLeft: made && Math.max(0, updatesPerMinute - made.updates),
        restMs: made?.restMs,
        refused: refused.size,
      };
    },
  };
};
