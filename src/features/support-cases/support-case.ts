import {
  askedSync,
  openCase,
  caseById,
  addReply,
  recordCaseClosed,
  caseNumbered,
  auditCaseView,
  type CaseFacts,
} from './store/cases.ts';
import { policyById } from '#core/policies/store/policies.ts';
import { caseView, type CaseView } from './store/views.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import { mayCorrect, type LookUpDeps } from '#core/policies/look-up.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Show } from '#queue/messages.ts';
import { caseSubject } from '#shared/subject.ts';
import { supporters } from '#features/notifications/store.ts';

export interface CaseDeps extends LookUpDeps {
  store: Store;
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
  const sync = await askedSync(deps.store, requestId, syncId);
  const policy = sync && (await policyById(deps.store, sync.policyId));
  if (policy === undefined || !(await mayCorrect(deps, actor, policy))) return { kind: 'refused' };
  if (deps.supportChannel === undefined)
    return {
      kind: 'no-channel',
      people: (await supporters(deps.store.db)).map(({ name }) => name),
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
  const facts = await openCase(deps.store, {
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
  isAllowed: (facts: CaseFacts) => boolean = () => mayAnswer(actor),
): Promise<Answered> => {
  const facts = await caseById(deps.store, caseId);
  if (facts === undefined || !isAllowed(facts)) return 'refused';
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
  answering(deps, actor, caseId, ({ id }) => addReply(deps.store, id, actor.id, text));

const isAsker = (actor: Actor, { askerId }: CaseFacts): boolean =>
  actor.active && askerId === actor.id;

/** Whether this person asked, and the case is open: before an answer is written. */
export const mayAnswerBack = async (
  { store }: Pick<CaseDeps, 'store'>,
  actor: Actor,
  caseId: string,
): Promise<Answered> => {
  const facts = await caseById(store, caseId);
  if (facts === undefined || !isAsker(actor, facts)) return 'refused';
  return facts.closed ? 'closed-already' : 'done';
};

/** Whoever asked answers support back: the words stand in both threads. */
export const replyToSupport = (
  deps: CaseDeps,
  actor: Actor,
  caseId: string,
  text: string,
): Promise<Answered> =>
  answering(
    deps,
    actor,
    caseId,
    ({ id }) => addReply(deps.store, id, actor.id, text),
    (facts) => isAsker(actor, facts),
  );

export const closeCase = (deps: CaseDeps, actor: Actor, caseId: string): Promise<Answered> =>
  answering(deps, actor, caseId, ({ id }) => recordCaseClosed(deps.store, id, actor.id));

/** The case as support sees it, for whoever may; each look is audited. */
export const lookAtCase = async (
  { store }: Pick<CaseDeps, 'store'>,
  actor: Actor,
  number: number,
): Promise<CaseView | undefined> => {
  if (!mayAnswer(actor)) return undefined;
  const facts = await caseNumbered(store, number);
  if (facts === undefined) return undefined;
  await auditCaseView(store, actor.id, facts);
  return caseView(store.db, facts.id);
};
