import { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { producerConnection, workerConnection } from '#queue/connection.ts';
import { createMessageQueue, MESSAGES, startMessageWorker } from '#queue/messages.ts';
import { startSessionWorker } from '#queue/session-worker.ts';
import { createSessionQueue, DAILY, FORCE, SESSIONS } from '#queue/sessions.ts';
import { startTestRedis } from '#test/support/redis-server.ts';

/**
 * Processes of the release before put jobs into the same queues, and take ours, while one gives way to
 * the other. What stands here is written as they know it: it is changed a release after both forms are
 * understood.
 */
const KNOWN = {
  sessions: { queue: '{sessions}', job: 'session', data: { loginSourceId: 'login' } },
  messages: { queue: '{messages}', job: 'message', data: { requestId: 'request' } },
};

it('jobs have the names and the fields that the release before takes', async () => {
  await using redis = await startTestRedis();
  await using sessions = createSessionQueue(producerConnection(redis.url), 1);
  await using messages = createMessageQueue(producerConnection(redis.url));
  await sessions.wake('login', 'force');
  await messages.show('request');
  expect([SESSIONS, MESSAGES, FORCE, DAILY]).toEqual(['{sessions}', '{messages}', 1, 100]);
  for (const { queue: name, job: called, data } of Object.values(KNOWN)) {
    const connection = workerConnection(redis.url);
    const queue = new Queue(name, { connection });
    const [job] = await queue.getJobs(['waiting', 'prioritized']);
    expect({ name: job?.name, data: job?.data as unknown }).toEqual({ name: called, data });
    await queue.close();
    connection.disconnect();
  }
});

it.each([
  ['as the release before puts them', {}],
  ['with a field more, as the next one may', { next: 'thing' }],
])('jobs %s are taken', async (_, more) => {
  await using redis = await startTestRedis();
  const taken: string[] = [];
  await using _sessions = startSessionWorker({
    connection: () => workerConnection(redis.url),
    slots: 1,
    holder: 'worker',
    run: ({ sourceId }) => {
      taken.push(sourceId);
      return Promise.resolve('drained');
    },
    hasForced: () => Promise.resolve(false),
    again: () => Promise.resolve(),
    onError: () => undefined,
  });
  await using _messages = startMessageWorker({
    connection: workerConnection(redis.url),
    project: (id) => {
      taken.push(id);
      return Promise.resolve({ kind: 'shown' });
    },
    onError: () => undefined,
  });
  for (const { queue: name, job, data } of Object.values(KNOWN)) {
    const connection = workerConnection(redis.url);
    const queue = new Queue(name, { connection });
    await queue.add(job, { ...data, ...more }, { priority: 1 });
    await queue.close();
    connection.disconnect();
  }
  await expect.poll(() => taken.toSorted()).toEqual(['login', 'request']);
});
