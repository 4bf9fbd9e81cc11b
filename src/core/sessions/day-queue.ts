import { latestDay, runsOf } from './store/background-runs.ts';
import type { Store } from '#database/store.ts';
import {
  wantingDay,
  carrierOf,
  sourcesWantingDay,
  takeOver,
  addToRuns,
  addHomeless,
  type PolicyAt,
  type Step,
} from './store/day-work.ts';
import { dayQueued } from '#core/logins/store/link.ts';
import { breathe } from '#shared/clock.ts';

/** Few enough that no statement of a step is felt, and many enough for a firm's day in seconds. */
const CHUNK = 150;

/**
 * A login that was linked since its day was last queued gets what is left of the day. Before the
 * firm's first day has begun there is none.
 */
export const queueLinked = async (store: Store, sourceId: string): Promise<number> => {
  const [wanted] = await wantingDay(store, [sourceId]);
  const today = wanted && (await latestDay(store.db));
  if (wanted === undefined || today === undefined) return 0;
  const added =
    (await fillRuns(store, [sourceId], today.day)) +
    (await fillHomeless(store, await carrierOf(store, sourceId)));
  await dayQueued(store.db, sourceId, wanted.at);
  return added;
};

export const MOST_LINKED = 50;

/** For the sweeper: logins whose session ended, or never was, between the link and the queueing. */
export const queueAllLinked = async (store: Store): Promise<void> => {
  if ((await latestDay(store.db)) === undefined) return;
  for (const sourceId of await sourcesWantingDay(store, MOST_LINKED))
    await queueLinked(store, sourceId);
};

/** Between two steps: lets go first what others wait to do. */
export type Pause = () => Promise<void>;

/** Queues what is due at these logins, in order of their ids, into their runs of a day. */
export const fillRuns = async (
  store: Store,
  sourceIds: readonly string[],
  day: string,
  pause: Pause = breathe,
): Promise<number> => {
  if (sourceIds.length === 0) return 0;
  await runsOf(store, sourceIds, day);
  while ((await takeOver(store, sourceIds, day, CHUNK)) === CHUNK) await pause();
  return inSteps(
    (after: PolicyAt) => addToRuns(store, sourceIds, day, after, CHUNK),
    { home: '', id: '' },
    pause,
  );
};

export const fillHomeless = (
  store: Store,
  carrierId: string,
  pause: Pause = breathe,
): Promise<number> =>
  inSteps((after: string) => addHomeless(store, carrierId, after, CHUNK), '', pause);

export const inSteps = async <T>(
  step: (after: T) => Promise<Step<T>>,
  start: T,
  pause: Pause = breathe,
): Promise<number> => {
  let added = 0;
  for (let after: T | undefined = start; after !== undefined; await pause()) {
    const { last, added: some }: Step<T> = await step(after);
    added += some;
    after = last;
  }
  return added;
};
