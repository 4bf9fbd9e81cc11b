import { runSteps } from '#queue/every.ts';
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

/**
 * A beat, once a minute: does what is due. A task that fails, or whose claim does, is tried again by
 * a later beat and keeps no other from its turn.
 */
export const heartbeat = (
  deps: { store: TaskStore; clock: Clock; onError: (task: string, error: unknown) => void },
  tasks: readonly DailyTask[],
  signal?: AbortSignal,
): Promise<void> =>
  runSteps(
    tasks.map(({ name, schedule, run }) => ({
      name,
      run: async () => {
        const day = dueDay(schedule, deps.clock(), await deps.store.lastDone(name));
        if (day === undefined || !(await deps.store.claimTask(name, day, STALE_MS))) return;
        await run(day);
        await deps.store.finishTask(name, day);
      },
    })),
    deps.onError,
    signal,
  );
