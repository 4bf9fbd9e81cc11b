import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { producerConnection } from '#queue/connection.ts';
import { whyNoWrites } from '#queue/refusal.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

/** A server that answers PING and takes no write is of no use to a queue. */

let stack: AsyncDisposableStack;
let server: TestRedis;
let redis: Redis;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  server = stack.use(await startTestRedis());
  redis = producerConnection(server.url);
  stack.defer(() => redis.disconnect());
  await once(redis, 'ready');
});
afterEach(() => stack.disposeAsync());

it('one whose memory is full says so, until it has room', async () => {
  await redis.config('SET', 'maxmemory', '1');
  expect(await whyNoWrites(redis)).toEqual({
    why: 'has no memory left',
    next: 'Raise its maxmemory, or move what else fills it.',
  });
  await redis.config('SET', 'maxmemory', '0');
  expect(await whyNoWrites(redis)).toBeUndefined();
});

it('one that was made a replica says so, until it writes again', async () => {
  await redis.replicaof('127.0.0.1', 1);
  const why = async () => (await whyNoWrites(redis))?.why;
  await expect.poll(why).toBe('only reads, as a replica does');
  // Each such answer ends the connection, and a new one asks again.
  await expect.poll(() => redis.replicaof('NO', 'ONE').catch(() => undefined)).toBe('OK');
  await expect.poll(why).toBeUndefined();
});

it('one that cannot write its file says so', async () => {
  const [, folder = ''] = await redis.config('GET', 'dir');
  await mkdir(join(folder, 'dump.rdb'));
  await redis.config('SET', 'save', '3600 1');
  await redis.bgsave();
  await expect
    .poll(() => whyNoWrites(redis))
    .toEqual({ why: 'cannot write its file', next: 'Give its disk room, and look into its log.' });
});

it('what is refused for another reason has the words of the server', async () => {
  await redis.config('SET', 'min-replicas-to-write', '1');
  expect((await whyNoWrites(redis))?.why).toMatch(/^takes no writes \(NOREPLICAS /);
});

it('one that is gone does not answer, and what is asked leaves nothing behind', async () => {
  await expect.poll(() => redis.dbsize()).toBe(0);
  await server.stop();
  expect((await whyNoWrites(redis))?.why).toBe('does not answer');
});
