import { afterEach, beforeEach, expect, it } from 'vitest';
import { producerConnection, workerConnection } from '#queue/connection.ts';
import { createSessionQueue, type SessionQueue } from '#queue/sessions.ts';
import { startSessionWorker, type SessionJob, type SessionWorker } from '#queue/session-worker.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

let redis: TestRedis;
let queue: SessionQueue;
let stack: AsyncDisposableStack;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  redis = stack.use(await startTestRedis());
  queue = stack.use(createSessionQueue(producerConnection(redis.url), 1));
});
afterEach(() => stack.disposeAsync());

const work = (run: (job: SessionJob) => Promise<void>): SessionWorker =>
  stack.use(
    startSessionWorker({
      connection: () => workerConnection(redis.url),
      slots: 1,
      holder: 'test',
      run: async (job) => {
        await run(job);
        return 'drained';
      },
      hasForced: () => Promise.resolve(false),
      again: () => Promise.resolve(),
      onError: (error) => {
        throw error;
      },
    }),
  );

it('a code goes to the portal the moment it comes, though every slot is taken, and reading waits', async () => {
  const [code, read, entered, resumed] = [0, 0, 0, 0].map(() => Promise.withResolvers<void>());
  const happened: string[] = [];
  work(async ({ sourceId, permit }) => {
    if (sourceId === 'other') {
      happened.push('the other reads');
      await read?.promise;
      happened.push('the other has read');
      return;
    }
    await permit.whileParked(async () => {
      await queue.wake('other', 'force');
      await code?.promise;
    });
    happened.push('the code is entered');
    entered?.resolve();
    await permit.resume();
    happened.push('reading goes on');
    resumed?.resolve();
  });
  await queue.wake('coded', 'force');
  await expect.poll(() => happened, { timeout: 20_000 }).toEqual(['the other reads']);
  code?.resolve();
  await entered?.promise;
  expect(happened).toEqual(['the other reads', 'the code is entered']);
  read?.resolve();
  await resumed?.promise;
  expect(happened).toEqual([
    'the other reads',
    'the code is entered',
    'the other has read',
    'reading goes on',
  ]);
});

it('a slot that is lent while its session waits for a code counts as free', async () => {
  const [code, parked, resumed, end] = [0, 0, 0, 0].map(() => Promise.withResolvers<void>());
  const worker = work(async ({ permit }) => {
    await permit.whileParked(async () => {
      parked?.resolve();
      await code?.promise;
    });
    await permit.resume();
    resumed?.resolve();
    await end?.promise;
  });
  expect(worker.taken()).toBe(0);
  await queue.wake('coded', 'force');
  await parked?.promise;
  expect(worker.taken()).toBe(0);
  code?.resolve();
  await resumed?.promise;
  expect(worker.taken()).toBe(1);
  end?.resolve();
  await expect.poll(worker.taken).toBe(0);
});
