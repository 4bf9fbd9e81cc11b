import { addRequest, type LimitReached, type NewRequest } from './store/requests.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { sourceChoices, type ChoiceDeps } from '#core/logins/choices.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import type { Origin } from '#slack/origin.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';

export interface Intent {
  policyId: string;
  sourceId: string;
  origin: Origin;
  /** Business key of the Slack event, so that a repeated envelope makes one request. */
  dedupeKey: string;
}

export interface RequestDeps extends ChoiceDeps {
  store: Store;
  wake: Wake;
  show: Show;
  mostForced: number;
}

export type Requested =
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

/** A person asks for one policy through one source: rows first, then the wake-up. */
export const requestSync = async (
  deps: RequestDeps,
  actor: Actor,
  intent: Intent,
): Promise<Requested> => {
  const choices = await sourceChoices(deps, actor, intent.policyId);
  if (choices.kind === 'not-syncable') return choices;
  if (choices.kind !== 'sources') return { kind: 'refused' };
  const source = choices.sources.find(({ id }) => id === intent.sourceId);
  if (source === undefined) return { kind: 'refused' };
  const added = await addRequest(deps.store, {
    personId: actor.id,
    origin: intent.origin,
    dedupeKey: intent.dedupeKey,
    items: [{ policyId: intent.policyId, sourceId: source.id, linked: source.linked }],
    mostForced: deps.mostForced,
  });
  if ('most' in added) return added;
  const queued = source.linked ? await deps.wake(source.id, 'force') : true;
  await deps.show(added.requestId);
  return { kind: 'requested', ...added, policy: choices.policy, source, queued };
};
