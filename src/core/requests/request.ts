import type { Actor } from '#shared/access.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { sourceChoices, type ChoiceDeps, type SourceChoice } from '#core/logins/choices.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import type { Origin } from '#slack/origin.ts';

export interface Intent {
  policyId: string;
  sourceId: string;
  origin: Origin;
  /** Business key of the Slack event, so that a repeated envelope makes one request. */
  dedupeKey: string;
}

export interface NewRequest {
  requestId: string;
  /** This person's card for the same sync in the same place; then no new request was made. */
  already: boolean;
  /** The sync was asked for by somebody else, or by the background, before. */
  joined: boolean;
}

export interface RequestItem {
  policyId: string;
  sourceId: string;
  linked: boolean;
}

export interface RequestRow {
  personId: string;
  origin: Origin;
  dedupeKey: string;
  /** Of a request for a contact; without one, several items are policies of any contacts. */
  contactId?: string;
  items: readonly RequestItem[];
  /** Forced syncs that may wait or run for one person at a time, so that none starves the firm. */
  mostForced: number;
}

/** Nothing was added: with these, more would wait for this person than one may have. */
export interface LimitReached {
  kind: 'limit-reached';
  waiting: number;
  most: number;
}

export interface RequestStore {
  /** One transaction: the request, and for each item a sync or the open one of (policy, source). */
  addRequest: (row: RequestRow) => Promise<NewRequest | LimitReached>;
}

export interface RequestDeps extends ChoiceDeps {
  store: ChoiceDeps['store'] & RequestStore;
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
  const added = await deps.store.addRequest({
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
