import { pathToFileURL } from 'node:url';
import { Redis, type RedisOptions } from 'ioredis';

/** `redis://`, `rediss://`, or the path of a Unix socket. */
export type RedisAddress = string;

/** What a setting calls it: `unix:///run/my%20redis.sock` is a path, which may hold a space. */
export const addressOf = (url: string): RedisAddress =>
  url.startsWith('unix:') ? decodeURIComponent(new URL(url).pathname) : url;

/** The other way, so that it may stand in an environment. */
export const urlOf = (address: RedisAddress): string =>
  address.startsWith('/') ? `unix://${pathToFileURL(address).pathname}` : address;

/**
 * For whoever adds: it fails at once while Redis is away, so that a slash command never hangs. The
 * row in SQL is the outbox.
 */
export const producerConnection = (address: RedisAddress): Redis =>
  connect(address, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });

/** For workers: it waits for Redis to come back, as BullMQ requires. */
export const workerConnection = (address: RedisAddress): Redis =>
  connect(address, { maxRetriesPerRequest: null });

const connect = (
  address: RedisAddress,
  options: Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest'>,
): Redis => {
  const redis = new Redis(address, {
    ...options,
    retryStrategy: (times) => Math.min(times * 200, 2000),
    // One that was made a replica keeps its connections: only a new one comes to the one that writes now.
    // What it refused is not sent again: it fails, as it does while Redis is away.
    reconnectOnError: ({ message }) => /\bREADONLY\b/.test(message),
  });
  // BullMQ reports the state of its connections; without a listener ioredis prints each failure.
  redis.on('error', () => undefined);
  return redis;
};

const PATIENCE_MS = 1000;

/** The result, or undefined when there was none in time, or it failed. */
export const withinTime = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
};

/** The result, or undefined when Redis did not answer in about a second. */
export const withinASecond = <T>(work: Promise<T>): Promise<T | undefined> =>
  withinTime(PATIENCE_MS, work);

/** Whether Redis answers at once. */
export const answers = async (connection: Redis): Promise<boolean> =>
  (await withinASecond(connection.ping())) === 'PONG';
