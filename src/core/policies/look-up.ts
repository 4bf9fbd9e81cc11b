import { isNamed, nameNow } from './store/named.ts';
import { policiesMatching, policiesNear, policiesNumbered } from './store/policies.ts';
import { outsideBook, recordSeen } from './store/seen.ts';
import type { Store } from '#database/store.ts';
import { may, seesEveryBook, type Actor } from '#shared/access.ts';
import { closeNumbers, normalizeNumber } from '#shared/policy-number.ts';
import type { PolicyBrief, Scope } from './policies.ts';

export type Found =
  | { kind: 'one'; policy: PolicyBrief }
  | { kind: 'several'; policies: PolicyBrief[]; more: boolean }
  | { kind: 'none'; close: PolicyBrief[] }
  | { kind: 'refused' };

/** More than this is no choice any more: the person is asked to type more of the number. */
const MOST_MATCHES = 8;

export interface LookUpDeps {
  store: Store;
  /** The firm opens every book to everybody. */
  openBooks: boolean;
}

export const scopeOf = (actor: Actor, openBooks: boolean): Scope =>
  openBooks || seesEveryBook(actor.role) ? { kind: 'all' } : { kind: 'book', personId: actor.id };

/** Support names the whole number of a case; then the book does not matter. */
export const exactScopeOf = (actor: Actor, openBooks: boolean): Scope =>
  may(actor, 'policy.view', { exactNumber: true }) ? { kind: 'all' } : scopeOf(actor, openBooks);

/** Exact after normalizing, else a part of the number or a contact's name, else close numbers. */
export const lookUpPolicy = async (
  deps: LookUpDeps,
  actor: Actor,
  query: string,
): Promise<Found> => {
  const { store, openBooks } = deps;
  if (!actor.active) return { kind: 'refused' };
  const numberKey = normalizeNumber(query);
  const scope = scopeOf(actor, openBooks);
  const exact =
    numberKey === ''
      ? []
      : await policiesNumbered(store, numberKey, exactScopeOf(actor, openBooks));
  if (exact.length > 0) {
    await named(deps, actor, exact);
    return oneOrSeveral(exact);
  }
  const matches = await policiesMatching(store, query, scope, MOST_MATCHES + 1);
  if (matches.length > 0) {
    await sawOthers(deps, actor, 'policy.found', matches);
    return oneOrSeveral(matches);
  }
  return { kind: 'none', close: await closeTo(store, numberKey, scope) };
};

/**
 * Somebody was shown these policies: what is not of their own book is written down, in one line.
 */
export const sawOthers = async (
  { store }: Pick<LookUpDeps, 'store'>,
  actor: Actor,
  action: 'policy.found' | 'policy.named' | 'policy.suggested',
  policies: readonly Pick<PolicyBrief, 'id' | 'contactId'>[],
): Promise<string[]> => {
  const others = await outsideBook(
    store,
    actor.id,
    policies.map(({ contactId }) => contactId),
  );
  const ids = policies.filter(({ contactId }) => others.has(contactId)).map(({ id }) => id);
  if (ids.length > 0) await recordSeen(store, actor.id, action, { policies: ids });
  return ids;
};

/** The whole number was named: where the book does not do, that is what lets support see it. */
export const named = async (
  deps: Pick<LookUpDeps, 'store'>,
  actor: Actor,
  policies: readonly Pick<PolicyBrief, 'id' | 'contactId'>[],
): Promise<void> => {
  const others = await sawOthers(deps, actor, 'policy.named', policies);
  if (!may(actor, 'policy.view')) await nameNow(deps.store, actor.id, others);
};

const oneOrSeveral = (policies: PolicyBrief[]): Found => {
  const [only] = policies;
  return policies.length === 1 && only !== undefined
    ? { kind: 'one', policy: only }
    : {
        kind: 'several',
        policies: policies.slice(0, MOST_MATCHES),
        more: policies.length > MOST_MATCHES,
      };
};

/** Policies of the scope whose number is a slip away, nearest first; at most three. */
export const closeTo = async (
  store: Store,
  numberKey: string,
  scope: Scope,
): Promise<PolicyBrief[]> => {
  if (numberKey === '') return [];
  const near = await policiesNear(store, numberKey, scope);
  const wanted = closeNumbers(
    numberKey,
    near.map((policy) => policy.number),
  );
  return wanted.flatMap((number) => near.filter((policy) => policy.number === number)).slice(0, 3);
};

/** What the search field of the picker offers while a person types. */
export const suggestPolicies = async (
  deps: LookUpDeps,
  actor: Actor,
  typed: string,
): Promise<PolicyBrief[]> => {
  if (!actor.active) return [];
  const { store, openBooks } = deps;
  const found = await policiesMatching(store, typed, scopeOf(actor, openBooks), 50);
  await sawOthers(deps, actor, 'policy.suggested', found);
  return found;
};

type PolicyAct = 'policy.view' | 'policy.sync' | 'policy.correct';
type Asked = Pick<PolicyBrief, 'id' | 'contactId'>;

/**
 * Of these policies, the ids of those on which this person may act so now. Support sees what a case
 * needs: where the book does not do, an open case about the policy, or its whole number that they named
 * of late.
 */
const allowedOf =
  (action: PolicyAct) =>
  async (
    { store, openBooks }: LookUpDeps,
    actor: Actor,
    policies: readonly Asked[],
  ): Promise<Set<string>> => {
    const outside = may(actor, action, { inBook: openBooks })
      ? new Set<string>()
      : await outsideBook(store, actor.id, [...new Set(policies.map((each) => each.contactId))]);
    const byNumber = may(actor, action, { exactNumber: true });
    const allowed = new Set<string>();
    for (const { id, contactId } of policies)
      if (
        may(actor, action, { inBook: !outside.has(contactId) }) ||
        (byNumber && (await isNamed(store, actor.id, id)))
      )
        allowed.add(id);
    return allowed;
  };

const mayOn =
  (action: PolicyAct) =>
  async (deps: LookUpDeps, actor: Actor, policy: Asked): Promise<boolean> =>
    (await allowedOf(action)(deps, actor, [policy])).has(policy.id);

/** Whether this person may act on this policy; asked again at every verb. */
export const mayView = mayOn('policy.view');
export const maySync = mayOn('policy.sync');
export const mayCorrect = mayOn('policy.correct');

export const viewableOf = allowedOf('policy.view');
