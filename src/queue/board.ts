import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';
import { MESSAGES } from './messages.ts';
import { REST, sessionsOf, type Lane } from './sessions.ts';

/**
 * The queues as a page, to look at and no more: what is open is in SQL, and a job that somebody sent
 * again by hand could sign in where the rules say wait.
 */
export const createQueueBoard = (connection: Redis, base: string, lanes: readonly Lane[]) => {
  const names = [...[REST, ...lanes].map(sessionsOf), MESSAGES];
  const queues = names.map((name) => new Queue(name, { connection }));
  for (const queue of queues) queue.on('error', () => undefined);
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(base);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter,
  });
  return {
    router: serverAdapter.getRouter(),
    [Symbol.asyncDispose]: async () => {
      for (const queue of queues) await withinASecond(queue.close());
      connection.disconnect();
    },
  };
};
