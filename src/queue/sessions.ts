import { Queue, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';
import { telling, type QueueTelemetry } from './telemetry.ts';

/**
 * Whose sessions one queue holds: those of the carriers that some workers are bound to, in order of
 * their ids; of none, those of every other carrier. Each has its own order and its own first.
 */
export type Lane = readonly string[];
export const REST: Lane = [];

/** Tagged, so that all keys of one queue live on one node of a Redis or Valkey Cluster. */
export const sessionsOf = (lane: Lane): string =>
  lane.length === 0 ? '{sessions}' : `{sessions/${lane.join(',')}}`;
export const SESSIONS = sessionsOf(REST);
export const FORCE = 1;
export const DAILY = 100;

/** Ids only: nothing personal and no secret is ever in Redis. */
export interface SessionJobData {
  loginSourceId: string;
}

export interface SessionQueue extends AsyncDisposable {
  wake: Wake;
  /** How many more background sessions of a lane fit, keeping about twice the slots. */
  roomForDaily: (lane: Lane) => Promise<number>;
  /** A dead worker's job, known by its lane and its token, waits again at once. */
  takeBack: (lane: Lane, dead: { jobId: string; token: string }) => Promise<void>;
}

const ignoreMissingKey = (error: Error): void => {
  if (!error.message.includes('Missing key')) throw error;
};

/**
 * One job is one session of one login source. Deduplicated by source with `keepLastIfActive`: a row
 * committed while the session ends is then never stranded. Retries live in SQL, so `attempts` is 1.
 */
export const createSessionQueue = (
  connection: Redis,
  slots: number,
  laneOf: (sourceId: string) => Promise<Lane> = () => Promise.resolve(REST),
  telemetry?: QueueTelemetry,
): SessionQueue => {
  const queues = new Map<string, Queue<SessionJobData>>();
  const queueOf = (lane: Lane): Queue<SessionJobData> => {
    const name = sessionsOf(lane);
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue<SessionJobData>(name, { connection, ...telling(telemetry) });
    queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };

  const add = async (loginSourceId: string, priority: number): Promise<true> => {
    const job = await queueOf(await laneOf(loginSourceId)).add(
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

    roomForDaily: async (lane) => {
      const counts = await withinASecond(queueOf(lane).getCountsPerPriority([DAILY]));
      return counts === undefined ? 0 : 2 * slots - (counts[DAILY] ?? 0);
    },

    takeBack: async (lane, { jobId, token }) => {
      const job = (await queueOf(lane).getJob(jobId)) as Job | undefined;
      // Refused when the job is not active under this token any more: then nothing is to be done.
      await job?.moveToWait(token).catch(() => undefined);
    },

    [Symbol.asyncDispose]: async () => {
      await withinASecond(Promise.all([...queues.values()].map((queue) => queue.close())));
      connection.disconnect();
    },
  };
};

/** Wakes the login source's session; false when the queue could not be reached (the row waits). */
export type Wake = (sourceId: string, urgency: 'force' | 'daily') => Promise<boolean>;
