import { breathe } from '#shared/breathe.ts';

/** A day of background work; what ended since `startsAt` (epoch ms) is done for it. */
export interface WorkDay {
  /** ISO date */
  day: string;
  startsAt: number;
}

export interface DayStore {
  beginDay: (day: WorkDay & { openBooks: boolean }) => Promise<void>;
  /** The day that began last; none before the first. */
  workDay: () => Promise<WorkDay | undefined>;
  /** Logins that are not removed, in order of id, after one of them. */
  sourcesInUse: (after: string, limit: number) => Promise<readonly string[]>;
  /** Makes the run of (source, day) if it is not there yet; its id either way. */
  startRun: (sourceId: string, day: string) => Promise<string>;
  /**
   * Moves up to `limit` leftovers of the source's earlier days into the run, so that none is doubled,
   * and ends those whose policy is not syncable any more; how many were looked at.
   */
  takeOver: (runId: string, sourceId: string, limit: number) => Promise<number>;
  /**
   * Queues what is due of the next `limit` policies whose home is this source, in order of id after
   * one of them. Small steps keep the event loop free.
   */
  addToRun: (runId: string, sourceId: string, after: string, limit: number) => Promise<Step>;
  /**
   * The same for policies of a carrier that have no home: each at the likeliest linked login that one
   * of its people may use and that was not asked today, one login at a time.
   */
  addHomeless: (carrierId: string, after: string, limit: number) => Promise<Step>;
  /** Carriers with linked logins. */
  carriersLinked: () => Promise<readonly string[]>;
  carrierOf: (sourceId: string) => Promise<string>;
  /** Linked logins whose day was not queued since they were linked. */
  sourcesWantingDay: (limit: number) => Promise<readonly string[]>;
  /** When it was linked without its day being queued since, epoch ms. */
  wantsDay: (sourceId: string) => Promise<number | undefined>;
  dayQueued: (sourceId: string, wantedAt: number) => Promise<void>;
}

/** How far a step went: the last id looked at (none: there are no more), and how many it queued. */
export interface Step {
  last: string | undefined;
  added: number;
}

export const CHUNK = 100;

/**
 * A login that was linked since its day was last queued gets what is left of the day. Before the
 * firm's first day has begun there is none.
 */
export const queueLinked = async (store: DayStore, sourceId: string): Promise<number> => {
  const wantedAt = await store.wantsDay(sourceId);
  const today = wantedAt === undefined ? undefined : await store.workDay();
  if (wantedAt === undefined || today === undefined) return 0;
  const added =
    (await fillRun(store, sourceId, today.day)) +
    (await fillHomeless(store, await store.carrierOf(sourceId)));
  await store.dayQueued(sourceId, wantedAt);
  return added;
};

export const MOST_LINKED = 50;

/** For the sweeper: logins whose session ended, or never was, between the link and the queueing. */
export const queueAllLinked = async (store: DayStore): Promise<void> => {
  if ((await store.workDay()) === undefined) return;
  for (const sourceId of await store.sourcesWantingDay(MOST_LINKED))
    await queueLinked(store, sourceId);
};

export const fillRun = async (store: DayStore, sourceId: string, day: string): Promise<number> => {
  const runId = await store.startRun(sourceId, day);
  while ((await store.takeOver(runId, sourceId, CHUNK)) === CHUNK) await breathe();
  return inSteps((after) => store.addToRun(runId, sourceId, after, CHUNK));
};

export const fillHomeless = (store: DayStore, carrierId: string): Promise<number> =>
  inSteps((after) => store.addHomeless(carrierId, after, CHUNK));

export const inSteps = async (step: (after: string) => Promise<Step>): Promise<number> => {
  let added = 0;
  for (let after: string | undefined = ''; after !== undefined; await breathe()) {
    const { last, added: some }: Step = await step(after);
    added += some;
    after = last;
  }
  return added;
};
