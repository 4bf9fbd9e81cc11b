import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';

/** What one of several bots saw, for the others; no more than a saving, so it may be lost. */
export interface Looks {
  /** What was seen of it, and when, epoch ms; undefined: nothing of late, or Redis does not say. */
  last: (of: string) => Promise<{ seen: string; at: number } | undefined>;
  keep: (of: string, seen: string, at: number, ms: number) => Promise<unknown>;
}

export const LOOKS = '{looks}';

export const createLooks = (redis: Redis): Looks & AsyncDisposable => {
  const key = (of: string): string => `${LOOKS}:${of}`;
  return {
    last: async (of) => {
      const [at, seen] = ((await withinASecond(redis.get(key(of)))) ?? '').split(' ');
      return at === undefined || seen === undefined ? undefined : { seen, at: Number(at) };
    },
    keep: (of, seen, at, ms) => withinASecond(redis.set(key(of), `${at} ${seen}`, 'PX', ms)),
    [Symbol.asyncDispose]: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
};
