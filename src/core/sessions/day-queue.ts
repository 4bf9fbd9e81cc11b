import { latestDay, runsOf } from './store/background-runs.ts';
import type { Store } from '#database/store.ts';
import { unlinkedWantingDay, wantedDayOf } from './store/days-to-come.ts';
import {
  carrierOf,
  adoptForced,
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
 * A linked login whose day has begun, or that was linked since, gets what is left of the day: its
 * session does this first. Before the firm's first day has begun there is none.
 */
export const queueLinked = async (store: Store, sourceId: string): Promise<number> => {
  const wanted = await wantedDayOf(store, sourceId);
  const today = wanted && (await latestDay(store));
  if (wanted === undefined || today === undefined) return 0;
  const added =
    (await fillRuns(store, [sourceId], today.day)) +
    // Those without a home are queued as the day begins, at the logins that are linked then.
    (wanted.byLink ? await fillHomeless(store, await carrierOf(store, sourceId)) : 0);
  await dayQueued(store.db, sourceId, wanted.at);
  return added;
};

const MOST_UNLINKED = 50;

/**
 * For the sweeper: the day of a login that lost its link before a session began it is queued all the
 * same, and waits for the link where people see it.
 */
export const queueUnlinked = async (store: Store): Promise<void> => {
  const today = await latestDay(store);
  if (today === undefined) return;
  for (const { id, at } of await unlinkedWantingDay(store, MOST_UNLINKED)) {
    await fillRuns(store, [id], today.day);
    await dayQueued(store.db, id, at);
  }
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
  await adoptForced(store, sourceIds, day);
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
