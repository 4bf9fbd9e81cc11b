import { latestDay } from './store/background-runs.ts';
import type { Store } from '#database/store.ts';
import {
  wantsDay,
  carrierOf,
  dayQueued,
  sourcesWantingDay,
  startRun,
  takeOver,
  addToRun,
  addHomeless,
  type Step,
} from './store/day-work.ts';
import { breathe } from '#shared/clock.ts';

export const CHUNK = 100;

/**
 * A login that was linked since its day was last queued gets what is left of the day. Before the
 * firm's first day has begun there is none.
 */
export const queueLinked = async (store: Store, sourceId: string): Promise<number> => {
  const wantedAt = await wantsDay(store, sourceId);
  const today = wantedAt === undefined ? undefined : await latestDay(store.db);
  if (wantedAt === undefined || today === undefined) return 0;
  const added =
    (await fillRun(store, sourceId, today.day)) +
    (await fillHomeless(store, await carrierOf(store, sourceId)));
  await dayQueued(store, sourceId, wantedAt);
  return added;
};

export const MOST_LINKED = 50;

/** For the sweeper: logins whose session ended, or never was, between the link and the queueing. */
export const queueAllLinked = async (store: Store): Promise<void> => {
  if ((await latestDay(store.db)) === undefined) return;
  for (const sourceId of await sourcesWantingDay(store, MOST_LINKED))
    await queueLinked(store, sourceId);
};

export const fillRun = async (store: Store, sourceId: string, day: string): Promise<number> => {
  const runId = await startRun(store, sourceId, day);
  while ((await takeOver(store, runId, sourceId, CHUNK)) === CHUNK) await breathe();
  return inSteps((after) => addToRun(store, runId, sourceId, after, CHUNK));
};

export const fillHomeless = (store: Store, carrierId: string): Promise<number> =>
  inSteps((after) => addHomeless(store, carrierId, after, CHUNK));

export const inSteps = async (step: (after: string) => Promise<Step>): Promise<number> => {
  let added = 0;
  for (let after: string | undefined = ''; after !== undefined; await breathe()) {
    const { last, added: some }: Step = await step(after);
    added += some;
    after = last;
  }
  return added;
};
