import { expect, it } from 'vitest';
import { producerConnection, workerConnection } from '#queue/connection.ts';
import { createMessageQueue, startMessageWorker } from '#queue/messages.ts';
import { startTestRedis } from '#test/support/redis-server.ts';

const MINUTE = 60_000;

it('an update that is asked for while another one waits its turn is made at once', async () => {
  await using redis = await startTestRedis();
  await using messages = createMessageQueue(producerConnection(redis.url));
  const passes: string[] = [];
  await using _worker = startMessageWorker({
    connection: workerConnection(redis.url),
    project: (id) => {
      passes.push(id);
      return Promise.resolve(
        passes.length === 1 ? { kind: 'later', ms: MINUTE } : { kind: 'shown' },
      );
    },
    onError: () => undefined,
  });
  await messages.show('request');
  await expect.poll(() => passes.length, { timeout: 20_000 }).toBe(1);
  await expect
    .poll(
      async () => {
        await messages.show('request');
        return passes.length;
      },
      { timeout: 20_000, interval: 200 },
    )
    .toBeGreaterThan(1);
});

it('knows how many bots share the queue, and with it the limits of Slack', async () => {
  await using redis = await startTestRedis();
  await using messages = createMessageQueue(producerConnection(redis.url));
  const start = () =>
    startMessageWorker({
      connection: workerConnection(redis.url),
      project: () => Promise.resolve({ kind: 'shown' }),
      onError: () => undefined,
    });
  await using _one = start();
  const two = start();
  await expect.poll(() => messages.bots()).toBe(2);
  await two[Symbol.asyncDispose]();
  await expect.poll(() => messages.bots()).toBe(1);
});

it('knows the bots of a Redis that tells nobody who is connected', async () => {
  await using redis = await startTestRedis();
  const operator = workerConnection(redis.url);
  await operator.acl('SETUSER', 'default', '-client');
  // One that was killed hours ago.
  await operator.zadd('bull:{messages}:bots', 1, 'dead');
  const [one, two] = [1, 2].map(() => createMessageQueue(producerConnection(redis.url)));
  await expect.poll(() => one?.bots()).toBe(1);
  await expect.poll(() => two?.bots()).toBe(2);
  expect(await one?.bots()).toBe(2);
  await two?.[Symbol.asyncDispose]();
  expect(await one?.bots()).toBe(1);
  await one?.[Symbol.asyncDispose]();
  operator.disconnect();
});
