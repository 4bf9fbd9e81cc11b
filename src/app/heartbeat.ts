import { dueDay, type DailySchedule } from '#shared/schedule.ts';
import type { Clock } from '#shared/clock.ts';

/** Which task of the day was done last, and who does it now. */
export interface TaskStore {
  /** Newest day (ISO) for which the task was done. */
  lastDone: (task: string) => Promise<string | undefined>;
  /** One process of several gets it; one that died with it loses it after `staleMs`. */
  claimTask: (task: string, day: string, staleMs: number) => Promise<boolean>;
  finishTask: (task: string, day: string) => Promise<void>;
}

export interface DailyTask {
  name: string;
  schedule: DailySchedule;
  /** Must be repeatable: a crash in the middle has it run again. */
  run: (day: string) => Promise<void>;
}

/** A task that takes longer is thought dead, and is begun again by whoever looks. */
const STALE_MS = 10 * 60_000;

/** A beat, once a minute: does what is due. A task that fails is tried again by a later beat. */
export const heartbeat = async (
  deps: { store: TaskStore; clock: Clock; onError: (task: string, error: unknown) => void },
  tasks: readonly DailyTask[],
): Promise<void> => {
  for (const task of tasks) {
    try {
      const day = dueDay(task.schedule, deps.clock(), await deps.store.lastDone(task.name));
      if (day === undefined || !(await deps.store.claimTask(task.name, day, STALE_MS))) continue;
      await task.run(day);
      await deps.store.finishTask(task.name, day);
    } catch (error) {
      deps.onError(task.name, error);
    }
  }
};
