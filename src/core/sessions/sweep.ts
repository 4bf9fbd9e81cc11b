import { endLinkWaits, reflectSource } from '#core/logins/store/source-changes.ts';
import {
  sourcesWithForced,
  requestsBehind,
  sourcesToReflect,
  sourcesWithDaily,
} from './store/sweeps.ts';
import { codesBehind } from '#core/sign-in/store/code-prompts.ts';
import { casesBehind } from '#features/support-cases/store/cases.ts';
import { requestsOfSteps } from '#features/workflow-step/store.ts';
import { lettersBehind } from '#features/notifications/store.ts';
import type { Store } from '#database/store.ts';
import type { Step } from '#queue/every.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import { caseSubject, codeSubject, letterSubject } from '#shared/subject.ts';
import { queueAllLinked } from './day-queue.ts';

export interface SweepDeps {
  store: Store;
  wake: Wake;
  show: Show;
  /** How many more background sessions the queue should hold now. */
  roomForDaily: () => Promise<number>;
}

const MOST_SHOWN = 200;

/**
 * Rebuilds from SQL what the queue may have lost; run at start and every few seconds. While Redis is
 * out of reach nothing more is asked of it in this round: each try would wait a second.
 */
export const sweepSteps = ({ store, wake, show, roomForDaily }: SweepDeps): Step[] => {
  let reached = true;
  const showing = (behind: () => Promise<readonly string[]>) => async (): Promise<void> => {
    if (reached) for (const subjectId of await behind()) await show(subjectId);
  };
  return [
    { name: 'links that were missed', run: () => reflectAll({ store, show }) },
    {
      name: 'waits for a link that are over',
      run: async () => {
        for (const requestId of await endLinkWaits(store, MOST_SHOWN)) await show(requestId);
      },
    },
    {
      name: 'forced syncs',
      run: async () => {
        reached = true;
        for (const sourceId of await sourcesWithForced(store)) {
          reached = await wake(sourceId, 'force');
          if (!reached) return;
        }
      },
    },
    { name: 'the rest of a day', run: async () => (reached ? queueAllLinked(store) : undefined) },
    {
      name: 'background sessions',
      run: async () => (reached ? feedDaily({ store, wake, roomForDaily }) : undefined),
    },
    { name: 'cards', run: showing(() => requestsBehind(store, MOST_SHOWN)) },
    {
      name: 'codes',
      run: showing(async () => (await codesBehind(store)).map(codeSubject)),
    },
    {
      name: 'cases',
      run: showing(async () => (await casesBehind(store, MOST_SHOWN)).map(caseSubject)),
    },
    { name: 'workflow steps', run: showing(() => requestsOfSteps(store, MOST_SHOWN)) },
    {
      name: 'notifications',
      run: showing(async () => (await lettersBehind(store, MOST_SHOWN)).map(letterSubject)),
    },
  ];
};

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
export const feedDaily = async ({
  store,
  wake,
  roomForDaily,
}: {
  store: Store;
  wake: Wake;
  roomForDaily: () => Promise<number>;
}): Promise<void> => {
  const room = await roomForDaily();
  if (room <= 0) return;
  for (const sourceId of await sourcesWithDaily(store, room)) await wake(sourceId, 'daily');
};
