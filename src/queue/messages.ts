import { randomUUID } from 'node:crypto';
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
  /** Says that this process is a bot, and how many of them there are; undefined when it could not be reached. */
  bots: () => Promise<number | undefined>;
}

/** The bots, each with when it last said that it is there, by the time of Redis. */
const BOTS = `bull:${MESSAGES}:bots`;
/** A sweep says so each ten seconds, and may take longer. */
const GONE_MS = 2 * 60_000;

/**
 * Where a Redis does not tell who is connected to it, as some managed ones do not, BullMQ knows of one
 * worker at most, and each bot would take the whole of Slack's limits. A bot of the release before says
 * nothing here, and is known as a connection alone.
 */
const countBots = async (connection: Redis, queue: Queue, own: string): Promise<number> => {
  const [seconds = 0] = await connection.time();
  const now = seconds * 1000;
  const said = await connection
    .multi()
    .zadd(BOTS, now, own)
    .zremrangebyscore(BOTS, '-inf', now - GONE_MS)
    .pexpire(BOTS, GONE_MS)
    .zcard(BOTS)
    .exec();
  const connected = await queue.getWorkersCount().catch(() => 0);
  return Math.max(Number(said?.at(-1)?.[1] ?? 0), connected);
};

/** One job a request at most: what changes while it waits is shown with it. */
export const createMessageQueue = (connection: Redis, telemetry?: QueueTelemetry): MessageQueue => {
  const queue = new Queue<MessageJobData>(MESSAGES, { connection, ...telling(telemetry) });
  queue.on('error', () => undefined);
  const own = randomUUID();
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
    bots: () => withinASecond(countBots(connection, queue, own)),
    waiting: () => withinASecond(queue.getJobCountByTypes('waiting', 'delayed', 'prioritized')),
    [Symbol.asyncDispose]: async () => {
      await withinASecond(connection.zrem(BOTS, own));
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
