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
