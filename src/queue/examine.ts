import { Redis } from 'ioredis';
import type { RedisAddress } from './connection.ts';
import { whyNoWrites, type Refusal } from './refusal.ts';

export interface RedisFacts {
  version: string;
  /** Why it takes no writes. */
  refuses: Refusal | undefined;
  /** It writes what it is told to a file. */
  persists: boolean;
  /** The last write of that file failed. */
  writeFailed: boolean;
  /** What it does when its memory is full. */
  eviction: string;
  /** Bytes that it may use; 0 for all. */
  maxMemory: number;
}

const WITHIN_MS = 3000;

/** What the server says of itself. Rejects with its own words when it is not reached or refuses. */
export const examineRedis = async (address: RedisAddress): Promise<RedisFacts> => {
  const redis = new Redis(address, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: WITHIN_MS,
    commandTimeout: WITHIN_MS,
    retryStrategy: () => null,
  });
  const errors: Error[] = [];
  redis.on('error', (error: Error) => void errors.push(error));
  try {
    await redis.connect();
    const said = await redis.info();
    // Where the server lacks the database the driver goes on in the first one, and says so by the way.
    if (errors[0] !== undefined) throw errors[0];
    const field = (name: string): string =>
      new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(said)?.[1] ?? '';
    return {
      version: field('valkey_version') || field('redis_version'),
      refuses: await whyNoWrites(redis),
      persists: field('aof_enabled') === '1',
      writeFailed:
        field('aof_last_write_status') === 'err' || field('rdb_last_bgsave_status') === 'err',
      eviction: field('maxmemory_policy'),
      maxMemory: Number(field('maxmemory')),
    };
  } catch (error) {
    throw errors[0] ?? error;
  } finally {
    redis.disconnect();
  }
};

/** What the server says of a database that it does not have. */
const LACKS = /DB index is out of range/i;

/** Whether this is why it cannot be used: then what is asked would go to another database of the server. */
export const isOfNoDatabase = (error: unknown): boolean =>
  error instanceof Error && LACKS.test(error.message);

/** Whether the server answers and lacks the database that the address names; one that is away may have it. */
export const lacksDatabase = (address: RedisAddress): Promise<boolean> =>
  examineRedis(address).then(() => false, isOfNoDatabase);
