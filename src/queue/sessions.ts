import { Queue, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';

/** Tagged, so that all keys of one queue live on one node of a Redis or Valkey Cluster. */
export const SESSIONS = '{sessions}';
export const FORCE = 1;
export const DAILY = 100;

/** Ids only: nothing personal and no secret is ever in Redis. */
export interface SessionJobData {
  loginSourceId: string;
}

export interface SessionQueue extends AsyncDisposable {
  wake: Wake;
  /** How many more background sessions fit, keeping about twice the slots. */
  roomForDaily: () => Promise<number>;
  /** A dead worker's job, known by its token, waits again at once. */
  takeBack: (dead: { jobId: string; token: string }) => Promise<void>;
}

const ignoreMissingKey = (error: Error): void => {
  if (!error.message.includes('Missing key')) throw error;
};

/**
 * One job is one session of one login source. Deduplicated by source with `keepLastIfActive`: a row
 * committed while the session ends is then never stranded. Retries live in SQL, so `attempts` is 1.
 */
export const createSessionQueue = (connection: Redis, slots: number): SessionQueue => {
  const queue = new Queue<SessionJobData>(SESSIONS, { connection });
  queue.on('error', () => undefined);

  const add = async (loginSourceId: string, priority: number): Promise<true> => {
    const job = await queue.add(
      'session',
      { loginSourceId },
      {
        priority,
        deduplication: { id: loginSourceId, keepLastIfActive: true },
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: true,
      },
    );
    if (priority === FORCE) await job.changePriority({ priority }).catch(ignoreMissingKey);
    return true;
  };

  return {
    wake: async (sourceId, urgency) =>
      (await withinASecond(add(sourceId, urgency === 'force' ? FORCE : DAILY))) ?? false,

    roomForDaily: async () => {
      const counts = await withinASecond(queue.getCountsPerPriority([DAILY]));
      return counts === undefined ? 0 : 2 * slots - (counts[DAILY] ?? 0);
    },

    takeBack: async ({ jobId, token }) => {
      const job = (await queue.getJob(jobId)) as Job | undefined;
      // Refused when the job is not active under this token any more: then nothing is to be done.
      await job?.moveToWait(token).catch(() => undefined);
    },

    [Symbol.asyncDispose]: async () => {
      await withinASecond(queue.close());
      connection.disconnect();
    },
  };
};

/** Wakes the login source's session; false when the queue could not be reached (the row waits). */
export type Wake = (sourceId: string, urgency: 'force' | 'daily') => Promise<boolean>;
