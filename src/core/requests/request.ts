import { addRequest, type LimitReached, type NewRequest } from './store/requests.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { sourceChoices, type ChoiceDeps, type Choices } from '#core/logins/choices.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import { untraced, type Trace } from '#shared/trace.ts';
import type { Origin } from '#slack/origin.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';

export interface Intent {
  policyId: string;
  /** The login that somebody chose; absent where it is not asked yet. */
  sourceId?: string;
  origin: Origin;
  /** Business key of the Slack event, so that a repeated envelope makes one request. */
  dedupeKey: string;
}

export interface RequestDeps extends ChoiceDeps {
  store: Store;
  wake: Wake;
  show: Show;
  mostForced: number;
  trace?: Trace | undefined;
}

/** Nothing is asked for yet: which login, as none or another one was chosen, or why there is none. */
type ToChoose = Extract<Choices, { kind: 'sources' | 'no-source' }>;

export type Requested =
  | ToChoose
  | (NewRequest & {
      kind: 'requested';
      policy: PolicyBrief;
      source: SourceChoice;
      /** False: the queue is down; the request is kept and runs once it is back. */
      queued: boolean;
    })
  | { kind: 'not-syncable'; policy: PolicyBrief }
  | LimitReached
  | { kind: 'refused' };

/** What follows from a new request is of its trace; one that is asked for again has begun. */
export const tracing = <T>(
  { trace = untraced }: Pick<RequestDeps, 'trace'>,
  { requestId, already }: NewRequest,
  work: () => Promise<T>,
): Promise<T> => (already ? work() : trace.begin(requestId, work));

/**
 * A person asks for one policy: rows first, then the wake-up. Where there is one login and nobody
 * chose, it is that one; of several, the person is asked, and where the chosen one is none of theirs.
 */
export const requestSync = async (
  deps: RequestDeps,
  actor: Actor,
  intent: Intent,
): Promise<Requested> => {
  const choices = await sourceChoices(deps, actor, intent.policyId);
  if (choices.kind === 'not-syncable' || choices.kind === 'refused') return choices;
  if (choices.kind === 'no-source') return choices;
  const { sourceId } = intent;
  const [only, ...others] = choices.sources;
  const source =
    sourceId === undefined
      ? others.length === 0 && only
      : choices.sources.find(({ id }) => id === sourceId);
  if (!source) return choices;
  const added = await addRequest(deps.store, {
    personId: actor.id,
    origin: intent.origin,
    dedupeKey: intent.dedupeKey,
    items: [{ policyId: intent.policyId, sourceId: source.id }],
    mostForced: deps.mostForced,
  });
  if ('most' in added) return added;
  const queued = await tracing(deps, added, async () => {
    const woken = source.linked ? await deps.wake(source.id, 'force') : true;
    await deps.show(added.requestId);
    return woken;
  });
  return { kind: 'requested', ...added, policy: choices.policy, source, queued };
};
