import { type CodePromptStore } from '#core/sign-in/code-prompt.ts';
import { type LetterStore } from '#features/notifications/notification.ts';
import type { WorkflowStepStore } from '#features/workflow-step/workflow-step.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import type { SourceChangeStore } from '#core/logins/login-sources.ts';
import { caseSubject, codeSubject, letterSubject } from '#shared/subject.ts';
import { queueAllLinked, type DayStore } from './day-queue.ts';

export interface SweepStore
  extends
    SourceChangeStore,
    DayStore,
    Pick<CodePromptStore, 'codesBehind'>,
    Pick<LetterStore, 'lettersBehind'>,
    Pick<WorkflowStepStore, 'requestsOfSteps'> {
  /** Sources with forced work (or a person's sign-in) that may run, and no live lease. */
  sourcesWithForced: () => Promise<readonly string[]>;
  /** The same for background work, longest waiting first. */
  sourcesWithDaily: (limit: number) => Promise<readonly string[]>;
  /** Linked sources that forced syncs still wait to be linked. */
  sourcesToReflect: () => Promise<readonly string[]>;
  /** Requests that Slack does not show in their newest version. */
  requestsBehind: (limit: number) => Promise<readonly string[]>;
  casesBehind: (limit: number) => Promise<readonly string[]>;
}

export interface SweepDeps {
  store: SweepStore;
  wake: Wake;
  show: Show;
  /** How many more background sessions the queue should hold now. */
  roomForDaily: () => Promise<number>;
}

const MOST_SHOWN = 200;

/** Rebuilds from SQL what the queue may have lost; run at start and every few seconds. */
export const sweep = async ({ store, wake, show, roomForDaily }: SweepDeps): Promise<void> => {
  for (const sourceId of await store.sourcesToReflect())
    for (const requestId of await store.reflectSource(sourceId)) await show(requestId);
  for (const requestId of await store.endLinkWaits(MOST_SHOWN)) await show(requestId);
  for (const sourceId of await store.sourcesWithForced())
    if (!(await wake(sourceId, 'force'))) return;
  await queueAllLinked(store);
  await feedDaily({ store, wake, roomForDaily });
  for (const requestId of await store.requestsBehind(MOST_SHOWN)) await show(requestId);
  for (const signInId of await store.codesBehind()) await show(codeSubject(signInId));
  for (const caseId of await store.casesBehind(MOST_SHOWN)) await show(caseSubject(caseId));
  for (const requestId of await store.requestsOfSteps(MOST_SHOWN)) await show(requestId);
  for (const letterId of await store.lettersBehind(MOST_SHOWN)) await show(letterSubject(letterId));
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
