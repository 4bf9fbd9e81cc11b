import { expect, it } from 'vitest';
import { producerConnection, workerConnection } from '#queue/connection.ts';
import { Consumer } from '#queue/consumer.ts';
import { createMessageQueue, startMessageWorker, type Shown } from '#queue/messages.ts';
import { startSessionWorker } from '#queue/session-worker.ts';
import { startTestRedis } from '#test/support/redis-server.ts';

/** Who stops a bot or a worker while Redis is away waits for what they have in hand, and for no Redis. */

const SHOWN: Shown = { kind: 'shown' };

const showing = (redis: string, project = (): Promise<Shown> => Promise.resolve(SHOWN)) =>
  startMessageWorker({ connection: workerConnection(redis), project, onError: () => undefined });

const reading = (redis: string, onLook?: () => void) =>
  startSessionWorker({
    connection: () => workerConnection(redis),
    slots: 1,
    holder: 'worker',
    run: () => Promise.resolve('drained'),
    hasForced: () => Promise.resolve(false),
    again: () => Promise.resolve(),
    onError: () => undefined,
    ...(onLook && { onLook }),
  });

it('ends where Redis was never there', async () => {
  const nobody = 'redis://127.0.0.1:1';
  const workers = [showing(nobody), reading(nobody)];
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  expect(workers).toHaveLength(2);
});

it('ends where Redis is gone, or stands still', async () => {
  await using redis = await startTestRedis();
  const started = async () => {
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const worker = reading(redis.url, resolve);
    await looked;
    return worker;
  };
  const still = await started();
  process.kill(redis.pid(), 'SIGSTOP');
  await still[Symbol.asyncDispose]();
  process.kill(redis.pid(), 'SIGCONT');

  const left = await started();
  await redis.stop();
  await left[Symbol.asyncDispose]();
  await redis.start();
  const again = await started();
  await again[Symbol.asyncDispose]();
  expect(redis.pid()).toBeGreaterThan(0);
});

it('ends where Redis answers, and the connection that waits for jobs does not come back', async () => {
  await using redis = await startTestRedis();
  const connection = workerConnection(redis.url);
  const worker = new Consumer('waiting', () => Promise.resolve(), { connection });
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  const waiting = async (): Promise<string | undefined> =>
    /id=(\d+) .*cmd=bzpopmin/.exec(String(await connection.call('CLIENT', 'LIST')))?.[1];
  await expect.poll(waiting).toBeDefined();
  // Nobody new is let in, and who waits is sent away.
  await connection.call('CONFIG', 'SET', 'maxclients', '1');
  const who = (await waiting()) ?? '';
  await connection.call('CLIENT', 'KILL', 'ID', who);
  await expect.poll(waiting).toBeUndefined();
  await worker.end(() => 0);
  await expect.poll(() => connection.status).toBe('end');
});

it('asks again and again what is in hand, and ends once that is nothing', async () => {
  await using redis = await startTestRedis();
  const connection = workerConnection(redis.url);
  const worker = new Consumer('in-hand', () => Promise.resolve(), { connection });
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  // It is there, and says nothing.
  process.kill(redis.pid(), 'SIGSTOP');
  const asked = Promise.withResolvers<void>();
  let [looks, inHand, isEnded] = [0, 1, false];
  const ending = worker
    .end(() => {
      if ((looks += 1) === 2) asked.resolve();
      return inHand;
    })
    .then(() => (isEnded = true));
  await asked.promise;
  expect(isEnded).toBe(false);
  inHand = 0;
  await ending;
  process.kill(redis.pid(), 'SIGCONT');
});

it('ends what it has in hand first', async () => {
  await using redis = await startTestRedis();
  await using messages = createMessageQueue(producerConnection(redis.url));
  const begun = Promise.withResolvers<void>();
  const shown = Promise.withResolvers<Shown>();
  const worker = showing(redis.url, () => {
    begun.resolve();
    return shown.promise;
  });
  await expect.poll(() => messages.show('request')).toBe(true);
  await begun.promise;
  await redis.stop();
  const order: string[] = [];
  const noted = (async () => {
    await worker[Symbol.asyncDispose]();
    order.push('ended');
  })();
  // The queue finds out that Redis is away, which takes as long as the worker takes for it.
  expect(await messages.show('another')).toBe(false);
  expect(await messages.show('another')).toBe(false);
  order.push('shown');
  shown.resolve(SHOWN);
  await noted;
  expect(order).toEqual(['shown', 'ended']);
  await redis.start();
});
