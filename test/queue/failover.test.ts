import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { producerConnection, workerConnection } from '#queue/connection.ts';
import { createMessageQueue, startMessageWorker } from '#queue/messages.ts';
import { startSessionWorker } from '#queue/session-worker.ts';
import { createSessionQueue } from '#queue/sessions.ts';
import { startTestRedis } from '#test/support/redis-server.ts';

it('goes on at the Redis that takes over, where the one before only reads and breaks no connection', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'failover-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const first = stack.use(await startTestRedis());
  const second = stack.use(await startTestRedis());
  const address = join(folder, 'redis.sock');
  const lead = async (to: string): Promise<void> => {
    await symlink(to, `${address}.new`);
    await rename(`${address}.new`, address);
  };
  await lead(first.url);

  const messages = stack.use(createMessageQueue(producerConnection(address)));
  const sessions = stack.use(createSessionQueue(producerConnection(address), 1));
  const [shown, read]: [string[], string[]] = [[], []];
  stack.use(
    startMessageWorker({
      connection: workerConnection(address),
      project: (id) => {
        shown.push(id);
        return Promise.resolve({ kind: 'shown' });
      },
      onError: () => undefined,
    }),
  );
  stack.use(
    startSessionWorker({
      connection: () => workerConnection(address),
      slots: 1,
      holder: 'worker',
      run: ({ sourceId }) => {
        read.push(sourceId);
        return Promise.resolve('drained');
      },
      hasForced: () => Promise.resolve(false),
      again: () => Promise.resolve(),
      onError: () => undefined,
    }),
  );
  await expect.poll(() => messages.show('before')).toBe(true);
  await expect.poll(() => sessions.wake('before', 'force')).toBe(true);
  await expect.poll(() => [shown, read]).toEqual([['before'], ['before']]);

  await lead(second.url);
  const [demoted, primary] = [first, second].map(({ url }) => new Redis(url)) as [Redis, Redis];
  stack.defer(() => demoted.disconnect());
  stack.defer(() => primary.disconnect());
  await demoted.replicaof('127.0.0.1', 1);
  await expect.poll(() => messages.show('after')).toBe(true);
  await expect.poll(() => sessions.wake('after', 'force')).toBe(true);
  await expect.poll(() => shown).toContain('after');
  await expect.poll(() => read).toContain('after');
  // The connections that wait for jobs as well.
  const waiting = async (on: Redis): Promise<number> =>
    String(await on.call('CLIENT', 'LIST')).match(/cmd=bzpopmin/g)?.length ?? 0;
  await expect.poll(() => waiting(primary)).toBe(2);
  expect(await waiting(demoted)).toBe(0);
});
