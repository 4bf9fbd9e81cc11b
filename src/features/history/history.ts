import { policyById } from '#core/policies/store/policies.ts';
import { attemptsOf, recordHistoryView } from '#core/policies/store/history.ts';
import { newestRecords } from '#core/policies/store/values.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { mayView, type LookUpDeps } from '#core/policies/look-up.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { PolicyHistory } from '#core/policies/history.ts';

export interface HistoryDeps extends LookUpDeps {
  store: Store;
}

const MOST_ATTEMPTS = 10;
/** A quarter of business days. */
const MOST_VALUES = 66;

/** The policy when its history is this person's to see. */
export const mayReadHistory = async (
  deps: HistoryDeps,
  actor: Actor,
  policyId: string,
): Promise<PolicyBrief | undefined> => {
  const policy = await policyById(deps.store, policyId);
  if (policy === undefined) return undefined;
  return (await mayView(deps, actor, policy)) ? policy : undefined;
};

/** What was tried with a policy, by whom, and its values over time; undefined when not theirs to see. */
export const readHistory = async (
  deps: HistoryDeps,
  actor: Actor,
  policyId: string,
): Promise<PolicyHistory | undefined> => {
  const { store } = deps;
  const policy = await mayReadHistory(deps, actor, policyId);
  if (policy === undefined) return undefined;
  const attempts = await attemptsOf(store, policyId, MOST_ATTEMPTS + 1);
  await recordHistoryView(store, actor.id, policyId);
  return {
    policy,
    attempts: attempts.slice(0, MOST_ATTEMPTS),
    moreAttempts: attempts.length > MOST_ATTEMPTS,
    values: await newestRecords(store.db, [policyId], MOST_VALUES),
  };
};
