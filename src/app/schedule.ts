import { whyNoAnswer } from '#database/answers.ts';
import type { Database } from '#database/connection.ts';
import { claimTask, finishTask, forgetAhead, lastDone } from '#database/task-runs.ts';
import type { Store } from '#database/store.ts';
import { runSteps, type Step } from '#queue/every.ts';
import type { MessageQueue, Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import { dueDay, wallClock, type DailyTask } from '#shared/schedule.ts';
import { MINUTE } from '#shared/clock.ts';

/** A task that takes longer is thought dead, and is begun again by whoever looks. */
const STALE_MS = 10 * MINUTE;

/** `away`: why the database does not answer, where the round left off at this step. */
export type Failed = (step: string, error: unknown, away: string | undefined) => void;

/**
 * Each step for itself, while the database answers. One step that finds it away ends the round: each of
 * the others would wait for a silent host as long, and the round would look like one that hangs.
 */
export const stepsOfRound = async (
  db: Database,
  steps: readonly Step[],
  onError: Failed,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> => {
  const leftOff = new AbortController();
  const failed = async (step: string, error: unknown): Promise<void> => {
    const away = await whyNoAnswer(db);
    onError(step, error, away);
    if (away !== undefined) leftOff.abort();
  };
  await runSteps(steps, failed, AbortSignal.any([signal, leftOff.signal]));
};

/**
 * A beat, once a minute: does what is due. A task that fails, or whose claim does, is tried again by
 * a later beat and keeps no other from its turn.
 */
export const heartbeat = (
  store: Store,
  tasks: readonly DailyTask[],
  onError: Failed,
  signal?: AbortSignal,
): Promise<void> =>
  stepsOfRound(
    store.db,
    [
      { name: 'days that have not come', run: () => forgetAhead(store) },
      ...tasks.map(({ name, schedule, run }) => ({
        name,
        run: async () => {
          const now = store.clock();
          const today = wallClock(now, schedule.zone).day;
          const day = dueDay(schedule, now, await lastDone(store, name, today));
          if (day === undefined || !(await claimTask(store, name, day, STALE_MS))) return;
          await run(day);
          await finishTask(store, name, day);
        },
      })),
    ],
    onError,
    signal,
  );

/**
 * The queues as a round of the sweep asks them. While Redis is out of reach nothing more is asked of
 * it in this round: each try would wait a second.
 */
export const queuesOfRound = (queues: { wake: Wake; show: MessageQueue['show'] }) => {
  let reached = true;
  const wake: Wake = async (sourceId, urgency) => {
    reached &&= await queues.wake(sourceId, urgency);
    return reached;
  };
  const show: Show = async (subjectId) => {
    reached &&= await queues.show(subjectId);
    return reached;
  };
  return {
    wake,
    show,
    begin: (): void => {
      reached = true;
    },
  };
};
