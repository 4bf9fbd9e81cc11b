import { breathe } from '#shared/clock.ts';
import { settleEndedLinks } from '#core/logins/store/source-ends.ts';
import { endLinkWaits, reflectSource } from '#core/logins/store/source-changes.ts';
import {
  endLeftOpen,
  sourcesWithForced,
  repairLinkWaits,
  requestsBehind,
  sourcesToReflect,
  sourcesWithDaily,
} from './store/sweeps.ts';
import { shortenWaits } from './store/ahead.ts';
import type { Store } from '#database/store.ts';
import type { Step } from '#queue/every.ts';
import type { Show } from '#queue/messages.ts';
import { REST, type Lane, type Wake } from '#queue/sessions.ts';
import { queueUnlinked } from './day-queue.ts';
import { boundLanes } from './store/workers.ts';

export interface SweepDeps {
  store: Store;
  wake: Wake;
  show: Show;
  /** How many more background sessions the queue of a lane should hold now. */
  roomForDaily: (lane: Lane) => Promise<number>;
}

const MOST_SHOWN = 200;
const MOST_SETTLED = 300;

/** Rebuilds from SQL what the queue may have lost; run at start and every few seconds. */
export const sweepSteps = ({ store, wake, show, roomForDaily }: SweepDeps): Step[] => [
  {
    name: 'waits of a clock that stood ahead',
    run: async () => {
      for (const requestId of await shortenWaits(store)) await show(requestId);
    },
  },
  { name: 'links that were missed', run: () => reflectAll({ store, show }) },
  {
    name: 'waits at unlinked logins',
    run: async () => {
      for (const requestId of await repairLinkWaits(store)) await show(requestId);
    },
  },
  {
    name: 'background syncs of ended links',
    run: async () => {
      while (await settleEndedLinks(store, MOST_SETTLED)) await breathe();
    },
  },
  {
    name: 'waits for a link that are over',
    run: async () => {
      for (const requestId of await endLinkWaits(store, MOST_SHOWN)) await show(requestId);
    },
  },
  {
    name: 'requests that were left open',
    run: async () => {
      for (const requestId of await endLeftOpen(store)) await show(requestId);
    },
  },
  {
    name: 'forced syncs',
    run: async () => {
      for (const sourceId of await sourcesWithForced(store))
        if (!(await wake(sourceId, 'force'))) return;
    },
  },
  { name: 'the rest of a day', run: () => queueUnlinked(store) },
  {
    name: 'background sessions',
    run: async () => {
      for (const lane of [REST, ...(await boundLanes(store))])
        await feedDaily({ store, wake, roomForDaily }, lane);
    },
  },
  {
    name: 'cards',
    run: async () => {
      for (const requestId of await requestsBehind(store, MOST_SHOWN)) await show(requestId);
    },
  },
];

/** A login whose rows cannot be brought in line does not keep the others from theirs. */
const reflectAll = async ({ store, show }: Pick<SweepDeps, 'store' | 'show'>): Promise<void> => {
  const failures: unknown[] = [];
  for (const sourceId of await sourcesToReflect(store))
    try {
      for (const requestId of await reflectSource(store, sourceId)) await show(requestId);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} logins were not brought in line`);
};

/** Feeds background sessions shallowly, so that their order stays SQL's to decide. */
export const feedDaily = async (
  { store, wake, roomForDaily }: Pick<SweepDeps, 'store' | 'wake' | 'roomForDaily'>,
  lane: Lane = REST,
): Promise<void> => {
  const room = await roomForDaily(lane);
  if (room <= 0) return;
  for (const sourceId of await sourcesWithDaily(store, room, lane)) await wake(sourceId, 'daily');
};
