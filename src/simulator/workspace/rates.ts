import type { Call } from './calls.ts';
import { METHODS, isMethod } from './scopes.ts';

/** When each bucket was used, epoch ms, oldest first. */
export type Rates = Map<string, number[]>;

const MINUTE_MS = 60_000;
/** Slack speaks of one message a second and channel, "with short bursts". */
const POSTS = { most: 4, perMs: 4000 };

/**
 * Seconds to wait before this call, 0 when it may go ahead: Slack's published tiers, each for the
 * whole workspace and method, and the channel's own pace for chat.postMessage.
 */
export const waitOf = (rates: Rates, now: number, { method, args }: Call): number => {
  if (!isMethod(method)) return 0;
  const posts = method === 'chat.postMessage';
  const key = posts ? `${method} ${String(args['channel'])}` : method;
  const most = posts ? POSTS.most : METHODS[method].perMinute;
  const window = posts ? POSTS.perMs : MINUTE_MS;
  const recent = (rates.get(key) ?? []).filter((at) => at > now - window);
  const free = recent.length < most;
  if (free) recent.push(now);
  rates.set(key, recent);
  const oldest = recent[0] ?? now;
  return free ? 0 : Math.max(1, Math.ceil((oldest + window - now) / 1000));
};
