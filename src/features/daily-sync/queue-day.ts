import type { Wake } from '#queue/sessions.ts';
import {
  type WorkDay,
  type DayStore,
  CHUNK,
  fillRun,
  fillHomeless,
} from '#core/sessions/day-queue.ts';

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
  const added = await fillRun(store, sourceId, day);
  await wake(sourceId, 'daily');
  return added;
};

/**
 * The firm's day begins: every login's policies are queued, and those that have no home yet. At an
 * unlinked login they wait for the link, so that people see what depends on it.
 */
export const queueFirmsDay = async (
  store: DayStore,
  day: WorkDay & { openBooks: boolean },
): Promise<number> => {
  await store.beginDay(day);
  let added = 0;
  for (let after = ''; ;) {
    const sources = await store.sourcesInUse(after, CHUNK);
    for (const sourceId of sources) {
      const wantedAt = await store.wantsDay(sourceId);
      added += await fillRun(store, sourceId, day.day);
      if (wantedAt !== undefined) await store.dayQueued(sourceId, wantedAt);
    }
    const last = sources.at(-1);
    if (last === undefined) break;
    after = last;
  }
  for (const carrierId of await store.carriersLinked())
    added += await fillHomeless(store, carrierId);
  return added;
};
