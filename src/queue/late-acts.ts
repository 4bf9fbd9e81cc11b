import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';
import { ACTS } from './first-word.ts';

/** An act that was acknowledged before the database took it, and who waits for its answer where. */
export interface LateAct {
  key: string;
  to: string;
  in: string | null;
  /** Epoch ms. */
  at: number;
}

/** Keeps them meanwhile, for whoever comes after a process that ended. Nothing here keeps anybody waiting. */
export interface LateActs {
  keep: (act: LateAct) => Promise<unknown>;
  forget: (key: string) => Promise<unknown>;
  all: () => Promise<LateAct[]>;
}

const LATE = `${ACTS}:late`;
/** They are brought into the database within minutes, where there is one. */
const KEPT_S = 24 * 60 * 60;

export const createLateActs = (redis: Redis): LateActs & AsyncDisposable => ({
  keep: (act) =>
    withinASecond(
      redis.multi().hset(LATE, act.key, JSON.stringify(act)).expire(LATE, KEPT_S).exec(),
    ),
  forget: (key) => withinASecond(redis.hdel(LATE, key)),
  all: async () =>
    ((await withinASecond(redis.hvals(LATE))) ?? []).map((kept) => JSON.parse(kept) as LateAct),
  [Symbol.asyncDispose]: () => {
    redis.disconnect();
    return Promise.resolve();
  },
});
