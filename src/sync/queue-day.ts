import type { Wake } from './request.ts';

export interface DayStore {
  /** Makes the run of (source, day) if it is not there yet; its id either way. */
  startRun: (sourceId: string, day: string) => Promise<string>;
  /**
   * Queues up to `limit` policies whose home is this source and that the run does not hold yet; how
   * many were looked at. Small steps keep the event loop free.
   */
  addToRun: (runId: string, sourceId: string, limit: number) => Promise<number>;
}

const CHUNK = 100;

export interface DayDeps {
  store: DayStore;
  wake: Wake;
}

/** Queues a source's background work of one day (ISO date); asking twice adds nothing. */
export const queueDay = async (
  { store, wake }: DayDeps,
  sourceId: string,
  day: string,
): Promise<number> => {
  const runId = await store.startRun(sourceId, day);
  let added = 0;
  for (;;) {
    const step = await store.addToRun(runId, sourceId, CHUNK);
    added += step;
    if (step < CHUNK) break;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  await wake(sourceId, 'daily');
  return added;
};
