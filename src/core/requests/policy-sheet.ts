import {
  addRequest,
  type LimitReached,
  type NewRequest,
  type RequestRow,
} from './store/requests.ts';
import type { Actor } from '#shared/access.ts';
import { isSyncable } from '#shared/status.ts';
import type { PolicyBrief, SheetPolicy } from '#core/policies/policies.ts';
import { tracing, type RequestDeps } from './request.ts';
import { sourceChoices, type ChoiceDeps } from '#core/logins/choices.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';

/** The policies of one carrier to choose from, with the logins to choose from. */
export interface CarrierSheet<Policy extends PolicyBrief = SheetPolicy> {
  id: string;
  name: string;
  syncable: Policy[];
  others: Policy[];
  sources: SourceChoice[];
  /** Who holds logins of it, when none is this person's to use. */
  holders: string[];
}

/** Policies by carrier; refused when the person may not sync one that could be. */
export const carrierSheets = async <Policy extends PolicyBrief>(
  deps: ChoiceDeps,
  actor: Actor,
  policies: readonly Policy[],
): Promise<CarrierSheet<Policy>[] | 'refused'> => {
  const carriers = new Map<string, CarrierSheet<Policy>>();
  for (const policy of policies) {
    const carrier = carriers.get(policy.carrierId) ?? {
      id: policy.carrierId,
      name: policy.carrierName,
      syncable: [],
      others: [],
      sources: [],
      holders: [],
    };
    carriers.set(policy.carrierId, carrier);
    if (!isSyncable(policy.indicator)) {
      carrier.others.push(policy);
      continue;
    }
    if (carrier.syncable.length === 0) {
      const choices = await sourceChoices(deps, actor, policy.id);
      if (choices.kind === 'refused') return 'refused';
      if (choices.kind === 'sources') carrier.sources = choices.sources;
      if (choices.kind === 'no-source') carrier.holders = choices.holders;
    }
    carrier.syncable.push(policy);
  }
  return [...carriers.values()];
};

/** Chosen instead of one login: each policy through its own home source. */
export const BY_HOME = 'home';

/** Whether the policies of a carrier have different homes among the logins this person may use. */
export const hasHomes = ({ syncable, sources }: CarrierSheet<PolicyBrief>): boolean =>
  new Set(
    syncable
      .map(({ homeSourceId }) => homeSourceId)
      .filter((id) => sources.some((source) => source.id === id)),
  ).size > 1;

/** Whether a login that was chosen is none of theirs to use by now; another one is not taken for it. */
const isGone = ({ sources }: CarrierSheet<PolicyBrief>, chosen: string | undefined): boolean =>
  chosen !== undefined && chosen !== BY_HOME && sources.every(({ id }) => id !== chosen);

/** The login for a policy of this carrier: the one chosen, its home, else the best one. */
const sourceOf = (
  carrier: CarrierSheet<PolicyBrief>,
  policy: PolicyBrief,
  chosen: string | undefined,
): SourceChoice | undefined => {
  const wanted = chosen === BY_HOME ? policy.homeSourceId : chosen;
  return carrier.sources.find(({ id }) => id === wanted) ?? carrier.sources[0];
};

export type SheetRequested =
  | (NewRequest & {
      kind: 'requested';
      policies: number;
      /** Sources that must be linked before their policies can be read. */
      unlinked: SourceChoice[];
      queued: boolean;
    })
  | LimitReached
  | { kind: 'login-gone'; carrier: string }
  | { kind: 'nothing' };

/** One request, one card, a sync for each wanted policy; those of different logins run in parallel. */
export const requestSheets = async (
  deps: RequestDeps,
  carriers: readonly CarrierSheet<PolicyBrief>[],
  chosen: {
    policyIds: readonly string[];
    /** Carrier id -> login source id, or BY_HOME. */
    sources: Readonly<Record<string, string>>;
  },
  row: Omit<RequestRow, 'items' | 'mostForced'>,
): Promise<SheetRequested> => {
  const wanted = new Set(chosen.policyIds);
  const without = carriers.find(
    (carrier) =>
      carrier.syncable.some(({ id }) => wanted.has(id)) &&
      isGone(carrier, chosen.sources[carrier.id]),
  );
  if (without !== undefined) return { kind: 'login-gone', carrier: without.name };
  const used = new Map<string, SourceChoice>();
  const items = carriers.flatMap((carrier) => {
    const policies = carrier.syncable.filter(({ id }) => wanted.has(id));
    return policies.flatMap((policy) => {
      const source = sourceOf(carrier, policy, chosen.sources[carrier.id]);
      if (source === undefined) return [];
      used.set(source.id, source);
      return [{ policyId: policy.id, sourceId: source.id }];
    });
  });
  if (items.length === 0) return { kind: 'nothing' };
  const added = await addRequest(deps.store, { ...row, items, mostForced: deps.mostForced });
  if ('most' in added) return added;
  const linked = [...used.values()].filter((source) => source.linked);
  const woken = await tracing(deps, added, async () => {
    const all = await Promise.all(linked.map(({ id }) => deps.wake(id, 'force')));
    await deps.show(added.requestId);
    return all;
  });
  return {
    kind: 'requested',
    ...added,
    policies: items.length,
    unlinked: [...used.values()].filter((source) => !source.linked),
    queued: woken.every(Boolean),
  };
};
