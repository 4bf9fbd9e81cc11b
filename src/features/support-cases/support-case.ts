import { may, type Actor } from '#shared/access.ts';
import type { EndedStatus, Reason } from '#shared/outcome.ts';
import { mayCorrect, type LookUpDeps } from '#core/policies/look-up.ts';
import type { PolicyBrief, PolicyFinder } from '#core/policies/policies.ts';
import type { Show } from '#queue/messages.ts';
import { caseSubject } from '#shared/subject.ts';

/** A case brings one sync that somebody does not understand, with all its facts, to support. */
export interface CaseFacts {
  id: string;
  number: number;
  requestId: string;
  policyId: string;
  closed: boolean;
}

/** What happened around it, oldest first; never a value, and never a secret. */
export type CaseEvent = { at: number; by?: string } & (
  | { kind: 'requested' }
  | {
      kind: 'attempt';
      source: string;
      status: EndedStatus;
      reason: Reason;
      carrierStatus?: string;
      /** ISO date */
      asOf?: string;
      /** File name of a masked picture of the page. */
      picture?: string;
    }
  | { kind: 'status-updated'; from: string; to: string }
  | { kind: 'number-corrected'; from: string; to: string }
  | { kind: 'asked'; note: string | null }
  | { kind: 'replied'; text: string }
  | { kind: 'closed' }
);

export interface CaseView extends CaseFacts {
  version: number;
  channel: string;
  policy: PolicyBrief;
  askedBy: { name: string; slackId: string | null };
  note: string | null;
  /** Of the sync asked about: what a run again would repeat. */
  syncId: string;
  source: { name: string; linked: boolean };
  closedBy: string | null;
  events: CaseEvent[];
}

export interface NewCase {
  requestId: string;
  syncId: string;
  policyId: string;
  personId: string;
  note: string | undefined;
  channel: string;
}

export interface CaseStore {
  /** Of a request that holds this sync. */
  askedSync: (requestId: string, syncId: string) => Promise<{ policyId: string } | undefined>;
  /** The open case of the same sync and request instead, where there is one. */
  openCase: (given: NewCase) => Promise<CaseFacts & { already: boolean }>;
  caseById: (id: string) => Promise<CaseFacts | undefined>;
  caseNumbered: (number: number) => Promise<CaseFacts | undefined>;
  /** False when the case was closed meanwhile. */
  addReply: (caseId: string, personId: string, text: string) => Promise<boolean>;
  closeCase: (caseId: string, personId: string) => Promise<boolean>;
  caseView: (id: string) => Promise<CaseView | undefined>;
  auditCaseView: (personId: string, facts: CaseFacts) => Promise<void>;
  casesBehind: (limit: number) => Promise<readonly string[]>;
  markCaseShown: (id: string, version: number) => Promise<void>;
  /** Where the case's card goes instead, when its channel cannot be posted to; null: nobody is there. */
  redirectCase: (id: string) => Promise<string | null>;
  /** Support first, else managers and owners. */
  supporters: () => Promise<{ name: string; slackId: string | null }[]>;
}

export interface CaseDeps extends LookUpDeps {
  store: PolicyFinder & CaseStore;
  show: Show;
  /** Where cases go; without one, people are told whom to ask. */
  supportChannel: string | undefined;
}

export type AskedSupport =
  | { kind: 'opened' | 'already'; number: number }
  | { kind: 'no-channel'; people: string[] }
  | { kind: 'refused' };

const showCase = async ({ show }: Pick<CaseDeps, 'show'>, facts: CaseFacts): Promise<void> => {
  await show(caseSubject(facts.id));
  await show(facts.requestId);
};

/** Whether this person may bring this sync to support, before a note is asked for. */
export const maySupport = async (
  deps: CaseDeps,
  actor: Actor,
  { requestId, syncId }: { requestId: string; syncId: string },
): Promise<
  | { kind: 'yes'; policy: PolicyBrief }
  | Extract<AskedSupport, { people: string[] } | { kind: 'refused' }>
> => {
  const sync = await deps.store.askedSync(requestId, syncId);
  const policy = sync && (await deps.store.policyById(sync.policyId));
  if (policy === undefined || !(await mayCorrect(deps, actor, policy))) return { kind: 'refused' };
  if (deps.supportChannel === undefined)
    return {
      kind: 'no-channel',
      people: (await deps.store.supporters()).map(({ name }) => name),
    };
  return { kind: 'yes', policy };
};

export const askSupport = async (
  deps: CaseDeps,
  actor: Actor,
  asked: { requestId: string; syncId: string; note: string | undefined },
): Promise<AskedSupport> => {
  const allowed = await maySupport(deps, actor, asked);
  if (allowed.kind !== 'yes') return allowed;
  const facts = await deps.store.openCase({
    ...asked,
    policyId: allowed.policy.id,
    personId: actor.id,
    channel: deps.supportChannel ?? '',
  });
  await showCase(deps, facts);
  return { kind: facts.already ? 'already' : 'opened', number: facts.number };
};

/** Whether this person answers and closes cases, before an answer is written. */
export const mayAnswer = (actor: Actor): boolean => may(actor, 'case.answer');

export type Answered = 'done' | 'closed-already' | 'refused';

const answering = async (
  deps: CaseDeps,
  actor: Actor,
  caseId: string,
  act: (facts: CaseFacts) => Promise<boolean>,
): Promise<Answered> => {
  const facts = await deps.store.caseById(caseId);
  if (facts === undefined || !mayAnswer(actor)) return 'refused';
  if (!(await act(facts))) return 'closed-already';
  await showCase(deps, facts);
  return 'done';
};

/** The words appear in the thread of whoever asked. */
export const replyToAdvisor = (
  deps: CaseDeps,
  actor: Actor,
  caseId: string,
  text: string,
): Promise<Answered> =>
  answering(deps, actor, caseId, ({ id }) => deps.store.addReply(id, actor.id, text));

export const closeCase = (deps: CaseDeps, actor: Actor, caseId: string): Promise<Answered> =>
  answering(deps, actor, caseId, ({ id }) => deps.store.closeCase(id, actor.id));

/** The case as support sees it, for whoever may; each look is audited. */
export const lookAtCase = async (
  { store }: Pick<CaseDeps, 'store'>,
  actor: Actor,
  number: number,
): Promise<CaseView | undefined> => {
  if (!mayAnswer(actor)) return undefined;
  const facts = await store.caseNumbered(number);
  if (facts === undefined) return undefined;
  await store.auditCaseView(actor.id, facts);
  return store.caseView(facts.id);
};
