import { WaitingError, type Job, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { Consumer } from './consumer.ts';
import { createPermits, type Permits } from './permits.ts';
import { DAILY, FORCE, REST, sessionsOf, type Lane, type SessionJobData } from './sessions.ts';
import { telling, type QueueTelemetry } from './telemetry.ts';

export interface SessionWorkerOptions {
  connection: () => Redis;
  slots: number;
  holder: string;
  /** The one queue that it takes from. */
  lane?: Lane;
  run: (job: SessionJob) => Promise<SessionEnd>;
  /** Asked after a job was put at the end, so that its own new force is not buried. */
  hasForced: (sourceId: string) => Promise<boolean>;
  /** A capped session goes on in a job of its own. */
  again: (sourceId: string) => Promise<unknown>;
  onError: (error: unknown, sourceId?: string) => void;
  /** Each time that it asks the queue for a session, which an idle one does about once a second. */
  onLook?: () => void;
  telemetry?: QueueTelemetry | undefined;
  /** How long a stop waits for policies being read and sign-ins under way, ms. */
  graceMs?: number;
}

export interface SessionWorker extends AsyncDisposable {
  /** Takes no more sessions, so that others take them, or takes them again. */
  take: (sessions: boolean) => void;
  /** It has no reason to ask for sessions: every slot is taken, or it was told to take none. */
  isContent: () => boolean;
  /** Slots that sessions have now: one that waits for a person's code has lent its own. */
  taken: () => number;
}

/** Most steps at a portal are done by then. */
const GRACE_MS = 8000;

/** A portal answers a password by then, or never; a process manager waits longer than that. */
export const LONGEST_GRACE_MS = 45_000;

const STOPS = 'the worker stops';

/** How many sessions may wait for a person's code at once without keeping a slot. */
const MOST_PARKED = 8;

/**
 * A worker that died has its sessions in another's hands within a lock and two looks for stalled jobs:
 * of several workers one looks, and it may find the other's look a moment too young.
 */
const SETTINGS = {
  lockDuration: 15_000,
  stalledInterval: 1_000,
  maxStalledCount: 5,
  drainDelay: 1,
} satisfies Partial<WorkerOptions>;

export const startSessionWorker = (options: SessionWorkerOptions): SessionWorker => {
  const permits = createPermits(options.slots);
  const workers = new Set<Consumer<SessionJobData>>();
  let takes = true;
  const unlocked = new Set<string>();
  const running = new Set<string>();
  /** Those that submitted a password and have no answer yet. */
  const awaiting = new Set<string>();
  let [stopping, graceIsOver] = [false, false];

  const startWorker = (concurrency: number): Consumer<SessionJobData> => {
    const connection = options.connection();
    const worker = new Consumer<SessionJobData>(
      sessionsOf(options.lane ?? REST),
      // Three arguments: BullMQ hands an AbortSignal only to such a processor.
      async (job, token, signal) => {
        const id = job.id ?? '';
        const ends = (): boolean => stopping || unlocked.has(id);
        running.add(id);
        try {
          await processJob(options, seatAt(permits), job, token ?? '', signal, ends, awaits(id));
        } finally {
          running.delete(id);
          unlocked.delete(id);
          awaiting.delete(id);
        }
      },
      { ...SETTINGS, ...telling(options.telemetry), connection, concurrency, autorun: takes },
      () => options.onLook?.(),
    );
    worker.on('error', (error) => options.onError(error));
    worker.on('failed', (job, error) => options.onError(error, job?.data.loginSourceId));
    // The lease in SQL guards the login, so a lost lock need not break a sign-in off: that could
    // leave a password without an answer, and then no path may submit it again.
    worker.on('lockRenewalFailed', (jobIds: string[]) => {
      for (const id of jobIds) unlocked.add(id);
    });
    worker.on('closed', () => connection.disconnect());
    workers.add(worker);
    return worker;
  };

  /** A password without an answer costs its login the link, so such a session is broken off last. */
  const awaits = (id: string) => (): (() => void) => {
    awaiting.add(id);
    return () => {
      if (awaiting.delete(id) && graceIsOver) breakOff(id);
    };
  };

  const breakOff = (id: string): void => {
    for (const worker of workers) worker.cancelJob(id, STOPS);
  };

  /**
   * While a session waits for a person, its slot serves others: an extra worker of one. What the person
   * gives goes on at once, for a code lives seconds; the permit is taken again before the next read.
   */
  const seatAt = ({ acquire, release, scarce, wanted }: Permits): Seat => {
    let isHeld = false;
    const seat: Seat = {
      take: async (urgent) => {
        if (isHeld) return;
        await acquire(urgent);
        isHeld = true;
      },
      giveBack: () => {
        if (isHeld) release();
        isHeld = false;
      },
      permit: {
        scarce,
        wanted,
        resume: () => seat.take(true),
        whileParked: async (wait) => {
          if (workers.size > MOST_PARKED) return wait();
          seat.giveBack();
          const extra = startWorker(1);
          try {
            return await wait();
          } finally {
            workers.delete(extra);
            extra.close().catch(options.onError);
          }
        },
      },
    };
    return seat;
  };

  startWorker(options.slots);
  return {
    take: (sessions) => {
      if (takes === sessions || stopping) return;
      takes = sessions;
      for (const worker of workers)
        (takes ? worker.resume() : worker.pause(true)).catch(options.onError);
    },
    taken: permits.taken,
    isContent: () => !takes || running.size >= options.slots + workers.size - 1,
    [Symbol.asyncDispose]: async () => {
      stopping = true;
      const closing = [...workers].map((worker) => worker.end(() => running.size));
      const end = setTimeout(() => {
        graceIsOver = true;
        for (const id of running) if (!awaiting.has(id)) breakOff(id);
      }, options.graceMs ?? GRACE_MS);
      const last = setTimeout(() => {
        for (const worker of workers) worker.cancelAllJobs(STOPS);
      }, LONGEST_GRACE_MS);
      await Promise.all(closing);
      clearTimeout(end);
      clearTimeout(last);
    },
  };
};

/** One session's hold on the permits. */
interface Seat {
  take: (urgent: boolean) => Promise<void>;
  giveBack: () => void;
  permit: Permit;
}

const processJob = async (
  options: SessionWorkerOptions,
  seat: Seat,
  job: Job<SessionJobData>,
  token: string,
  signal: AbortSignal | undefined,
  stopping: () => boolean,
  submitted: () => () => void,
): Promise<void> => {
  const sourceId = job.data.loginSourceId;
  await seat.take(job.priority === FORCE);
  let end: SessionEnd;
  try {
    end = await options.run({
      sourceId,
      holder: options.holder,
      jobId: job.id ?? '',
      token,
      signal: signal ?? new AbortController().signal,
      stopping,
      permit: { ...seat.permit, submitted },
    });
  } finally {
    seat.giveBack();
  }
  if (end === 'capped') await options.again(sourceId);
  if (end === 'yielded') await giveWay(options, job, token);
  if (end === 'not-here') return waitAgain(job, token);
};

/**
 * Behind everything that waits. Its own force may have come meanwhile, raised to the front by its
 * request and just buried here: so it is looked for again after the change.
 */
const giveWay = async (
  { hasForced }: SessionWorkerOptions,
  job: Job<SessionJobData>,
  token: string,
): Promise<never> => {
  await job.changePriority({ priority: DAILY });
  if (await hasForced(job.data.loginSourceId)) await job.changePriority({ priority: FORCE });
  return waitAgain(job, token);
};

const waitAgain = async (job: Job<SessionJobData>, token: string): Promise<never> => {
  await job.moveToWait(token);
  throw new WaitingError();
};

export interface SessionJob {
  sourceId: string;
  /** Names the worker process; the next one of that name may free what a dead one held. */
  holder: string;
  jobId: string;
  token: string;
  /** Ends the step under way, at once. */
  signal: AbortSignal;
  /** Asked between two policies, so that no sign-in is broken off whose answer is then not known. */
  stopping: () => boolean;
  permit: Permit;
}

/** The right to read at a portal; a session that waits for a person gives it back meanwhile. */
export interface Permit {
  /** No permit is free: somebody who waits can only be helped by giving way. */
  scarce: () => boolean;
  /** A session that waited for a person's code is ready to go on, and needs a permit. */
  wanted: () => boolean;
  whileParked: <T>(wait: () => Promise<T>) => Promise<T>;
  /** Takes the permit again that was given back, before everybody who only begins. */
  resume: () => Promise<void>;
  /** A password leaves now: a stop waits longer, until what this gives is called. */
  submitted?: (() => () => void) | undefined;
}

/** `not-here`: this machine cannot hold it, and another may. */
export type SessionEnd = 'not-here' | 'drained' | 'yielded' | 'capped' | 'busy' | 'interrupted';
