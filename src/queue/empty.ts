import { Redis } from 'ioredis';
import type { RedisAddress } from './connection.ts';
import { ACTS } from './first-word.ts';
import { LOOKS } from './looks.ts';
import { MESSAGES } from './messages.ts';
import { SESSIONS, sessionsOf } from './sessions.ts';

/** Those of the queues, of any carriers too, and what bots keep for each other. */
const KEYS = [
  ...[SESSIONS, sessionsOf(['*']), MESSAGES].map((queue) => `bull:${queue}:*`),
  `${ACTS}:*`,
  `${LOOKS}:*`,
];

/** Takes everything of ours out of a Redis, and nothing else; how many keys that were. */
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
    for (const match of KEYS)
      for await (const some of redis.scanStream({ match, count: 500 })) {
        const names = some as string[];
        if (names.length > 0) keys += await redis.unlink(...names);
      }
    return keys;
  } finally {
    redis.disconnect();
  }
};
