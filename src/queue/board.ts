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
export const createQueueBoard = (
  connection: Redis,
  base: string,
  boundLanes: () => Promise<readonly Lane[]>,
) => {
  const queues = new Map<string, Queue>();
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(base);
  const board = createBullBoard({ queues: [], serverAdapter });
  const show = (names: readonly string[]): void => {
    for (const name of names) {
      if (queues.has(name)) continue;
      const queue = new Queue(name, { connection });
      queue.on('error', () => undefined);
      queues.set(name, queue);
      board.addQueue(new BullMQAdapter(queue, { readOnlyMode: true }));
    }
  };
  show([sessionsOf(REST), MESSAGES]);
  return {
    router: serverAdapter.getRouter(),
    /** Workers may have been bound since: shows their queues too, as far as they are known just now. */
    look: async (): Promise<void> => {
      show(((await withinASecond(boundLanes())) ?? []).map(sessionsOf));
    },
    [Symbol.asyncDispose]: async () => {
      for (const queue of queues.values()) await withinASecond(queue.close());
      connection.disconnect();
    },
  };
};
