import { Redis } from 'ioredis';
import type { RedisAddress } from './connection.ts';
import { MESSAGES } from './messages.ts';
import { SESSIONS, sessionsOf } from './sessions.ts';

/** Those of any carriers, too. */
const QUEUES = [SESSIONS, sessionsOf(['*']), MESSAGES];

/** Takes everything of our queues out of a Redis, and nothing else; how many keys that were. */
export const emptyQueues = async (address: RedisAddress): Promise<number> => {
  const redis = new Redis(address, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  await redis.connect();
  try {
    let keys = 0;
    for (const queue of QUEUES)
      for await (const some of redis.scanStream({ match: `bull:${queue}:*`, count: 500 })) {
        const names = some as string[];
        if (names.length > 0) keys += await redis.unlink(...names);
      }
    return keys;
  } finally {
    redis.disconnect();
  }
};
