import { DelayedError, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';
import { Consumer } from './consumer.ts';
import { telling, type QueueTelemetry } from './telemetry.ts';

export const MESSAGES = '{messages}';

interface MessageJobData {
  requestId: string;
}

export interface MessageQueue extends AsyncDisposable {
  /** False when the queue could not be reached. */
  show: (subjectId: string) => Promise<boolean>;
  /** How many wait for Slack; undefined when the queue does not answer. */
  waiting: () => Promise<number | undefined>;
}

/** One job a request at most: what changes while it waits is shown with it. */
export const createMessageQueue = (connection: Redis, telemetry?: QueueTelemetry): MessageQueue => {
  const queue = new Queue<MessageJobData>(MESSAGES, { connection, ...telling(telemetry) });
  queue.on('error', () => undefined);
  return {
    show: async (requestId) => {
      const added = await withinASecond(
        queue.add(
          'message',
          { requestId },
          {
            // A pass that waits for its turn is made at once: what has come may not have to wait.
            deduplication: { id: requestId, keepLastIfActive: true, reschedule: true },
            attempts: 1,
            removeOnComplete: true,
            removeOnFail: true,
          },
        ),
      );
      return added !== undefined;
    },
    waiting: () => withinASecond(queue.getJobCountByTypes('waiting', 'delayed', 'prioritized')),
    [Symbol.asyncDispose]: async () => {
      await withinASecond(queue.close());
      connection.disconnect();
    },
  };
};

/** How a request's messages were brought up to date; `later` asks to be called again, in ms. */
export type Shown = { kind: 'shown' } | { kind: 'later'; ms: number };

export const startMessageWorker = (options: {
  connection: Redis;
  project: (requestId: string) => Promise<Shown>;
  onError: (error: unknown) => void;
  telemetry?: QueueTelemetry | undefined;
}): AsyncDisposable => {
  let inHand = 0;
  const worker = new Consumer<MessageJobData>(
    MESSAGES,
    async (job, token) => {
      inHand += 1;
      const shown = await options.project(job.data.requestId).finally(() => (inHand -= 1));
      if (shown.kind === 'shown') return;
      await job.moveToDelayed(Date.now() + shown.ms, token);
      throw new DelayedError();
    },
    {
      connection: options.connection,
      ...telling(options.telemetry),
      concurrency: 8,
      // As of a session: what a bot had in hand that is gone or stands still, another takes over. Two that
      // look in turns leave out every other look, so it is looked often.
      lockDuration: 15_000,
      stalledInterval: 2_000,
      maxStalledCount: 100,
      drainDelay: 1,
    },
  );
  worker.on('error', options.onError);
  worker.on('failed', (_job, error) => options.onError(error));
  return {
    [Symbol.asyncDispose]: () => worker.end(() => inHand),
  };
};

/**
 * Asks for the messages of a request, or of another subject, to be brought up to date; never throws.
 * Where the queue cannot be reached, a sweep asks again.
 */
export type Show = (subjectId: string) => Promise<unknown>;
