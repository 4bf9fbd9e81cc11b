import { lastDone, claimTask, finishTask } from './store.ts';
import type { Store } from '#database/store.ts';
import { runSteps } from '#queue/every.ts';
import { dueDay, type DailySchedule } from '#shared/schedule.ts';
import type { Clock } from '#shared/clock.ts';

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
  deps: { store: Store; clock: Clock; onError: (task: string, error: unknown) => void },
  tasks: readonly DailyTask[],
  signal?: AbortSignal,
): Promise<void> =>
  runSteps(
    tasks.map(({ name, schedule, run }) => ({
      name,
      run: async () => {
        const day = dueDay(schedule, deps.clock(), await lastDone(deps.store, name));
        if (day === undefined || !(await claimTask(deps.store, name, day, STALE_MS))) return;
        await run(day);
        await finishTask(deps.store, name, day);
      },
    })),
    deps.onError,
    signal,
  );
