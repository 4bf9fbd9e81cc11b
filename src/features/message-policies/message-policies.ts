import { policiesWithNumbers } from '#core/policies/store/contacts.ts';
import { policyById } from '#core/policies/store/policies.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import type { WrittenNumber } from './numbers.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { closeTo, exactScopeOf, maySync, named, scopeOf } from '#core/policies/look-up.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import {
  carrierSheets,
  requestSheets,
  type CarrierSheet,
  type SheetRequested,
} from '#core/requests/policy-sheet.ts';
import type { RequestDeps } from '#core/requests/request.ts';
import type { ChoiceDeps } from '#core/logins/choices.ts';
import type { Origin } from '#slack/origin.ts';

/** What a message names of the person's book. */
export interface MessageSheet {
  found: CarrierSheet[];
  /** Policies whose number is a slip away from one that is not in the book. */
  close: CarrierSheet[];
  /** Numbers that look like a policy's and are none in the book. */
  tried: string[];
  /** The message names more than are shown. */
  more: boolean;
}

/** As many checkboxes as a modal can hold. */
export const MOST_POLICIES = 100;
/** A person corrects a few slips; a list of fifty is another firm's. */
const MOST_CLOSE_SOUGHT = 5;
const MOST_CLOSE = 10;

interface MessageDeps extends ChoiceDeps {
  store: Store;
}

/** Which policies of the book these numbers are. */
export const messageSheet = async (
  deps: MessageDeps,
  actor: Actor,
  written: readonly WrittenNumber[],
): Promise<MessageSheet | 'refused'> => {
  if (!actor.active) return 'refused';
  const { store, openBooks } = deps;
  const matches = await policiesWithNumbers(
    store,
    written.map(({ number }) => normalizeNumber(number)),
    exactScopeOf(actor, openBooks),
    MOST_POLICIES + 1,
  );
  const policies = matches.slice(0, MOST_POLICIES);
  await named(deps, actor, policies);
  const keys = matches.map(({ number }) => normalizeNumber(number));
  // Half of a number that was written with a space in it is no other number.
  const tried = written
    .filter(({ likely }) => likely)
    .map(({ number }) => number)
    .filter((number) => !keys.some((key) => key.includes(normalizeNumber(number))));
  const near = new Set<string>();
  for (const number of tried.slice(0, MOST_CLOSE_SOUGHT))
    for (const policy of await closeTo(store, normalizeNumber(number), scopeOf(actor, openBooks)))
      near.add(normalizeNumber(policy.number));
  const slips = [...near].filter((key) => !keys.includes(key));
  const closePolicies = await policiesWithNumbers(
    store,
    slips,
    scopeOf(actor, openBooks),
    MOST_CLOSE,
  );
  const found = await carrierSheets(deps, actor, policies);
  const close = await carrierSheets(deps, actor, closePolicies);
  if (found === 'refused' || close === 'refused') return 'refused';
  return { found, close, tried, more: matches.length > MOST_POLICIES };
};

export interface PoliciesIntent {
  policyIds: readonly string[];
  /** Carrier id -> login source id, or BY_HOME. */
  sources: Readonly<Record<string, string>>;
  origin: Origin;
  /** Business key of the Slack event, so that a repeated envelope makes one request. */
  dedupeKey: string;
}

/** One request, one card for policies of any contacts; refused when one of them is not the person's. */
export const requestPolicies = async (
  deps: RequestDeps,
  actor: Actor,
  intent: PoliciesIntent,
): Promise<SheetRequested | { kind: 'refused' }> => {
  const policies: PolicyBrief[] = [];
  for (const id of new Set(intent.policyIds.slice(0, MOST_POLICIES))) {
    const policy = await policyById(deps.store, id);
    if (policy === undefined || !(await maySync(deps, actor, policy))) return { kind: 'refused' };
    policies.push(policy);
  }
  const carriers = await carrierSheets(deps, actor, policies);
  if (carriers === 'refused') return { kind: 'refused' };
  return requestSheets(deps, carriers, intent, {
    personId: actor.id,
    origin: intent.origin,
    dedupeKey: intent.dedupeKey,
  });
};
