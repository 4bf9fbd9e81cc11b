import type { Step } from '#queue/every.ts';
import type { CodePromptStore } from '#core/sign-in/code-prompt.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import type { SourceChangeStore } from '#core/logins/login-sources.ts';
import { caseSubject, codeSubject, letterSubject } from '#shared/subject.ts';
import { queueAllLinked, type DayStore } from './day-queue.ts';

export interface SweepStore
  extends SourceChangeStore, DayStore, Pick<CodePromptStore, 'codesBehind'> {
  /** Sources with forced work (or a person's sign-in) that may run, and no live lease. */
  sourcesWithForced: () => Promise<readonly string[]>;
  /** The same for background work, longest waiting first. */
  sourcesWithDaily: (limit: number) => Promise<readonly string[]>;
  /** Linked sources that forced syncs still wait to be linked. */
  sourcesToReflect: () => Promise<readonly string[]>;
  /** Requests that Slack does not show in their newest version. */
  requestsBehind: (limit: number) => Promise<readonly string[]>;
  casesBehind: (limit: number) => Promise<readonly string[]>;
  lettersBehind: (limit: number) => Promise<readonly string[]>;
  /** Requests whose workflow waits for their end. */
  requestsOfSteps: (limit: number) => Promise<readonly string[]>;
}

export interface SweepDeps {
  store: SweepStore;
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
        for (const requestId of await store.endLinkWaits(MOST_SHOWN)) await show(requestId);
      },
    },
    {
      name: 'forced syncs',
      run: async () => {
        reached = true;
        for (const sourceId of await store.sourcesWithForced()) {
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
    { name: 'cards', run: showing(() => store.requestsBehind(MOST_SHOWN)) },
    {
      name: 'codes',
      run: showing(async () => (await store.codesBehind()).map(codeSubject)),
    },
    {
      name: 'cases',
      run: showing(async () => (await store.casesBehind(MOST_SHOWN)).map(caseSubject)),
    },
    { name: 'workflow steps', run: showing(() => store.requestsOfSteps(MOST_SHOWN)) },
    {
      name: 'notifications',
      run: showing(async () => (await store.lettersBehind(MOST_SHOWN)).map(letterSubject)),
    },
  ];
};

/** A login whose rows cannot be brought in line does not keep the others from theirs. */
const reflectAll = async ({ store, show }: Pick<SweepDeps, 'store' | 'show'>): Promise<void> => {
  const failures: unknown[] = [];
  for (const sourceId of await store.sourcesToReflect())
    try {
      for (const requestId of await store.reflectSource(sourceId)) await show(requestId);
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
  store: Pick<SweepStore, 'sourcesWithDaily'>;
  wake: Wake;
  roomForDaily: () => Promise<number>;
}): Promise<void> => {
  const room = await roomForDaily();
  if (room <= 0) return;
  for (const sourceId of await store.sourcesWithDaily(room)) await wake(sourceId, 'daily');
};
