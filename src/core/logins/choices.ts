import { policyById } from '#core/policies/store/policies.ts';
import { sourcesFor, type SourceChoice } from './store/choices.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import { isSyncable } from '#shared/status.ts';
import { maySync, type LookUpDeps } from '#core/policies/look-up.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
export type Choices =
  | { kind: 'sources'; policy: PolicyBrief; sources: SourceChoice[] }
  | { kind: 'not-syncable'; policy: PolicyBrief }
  /** The carrier has sources, none of which this person may use; or has none at all. */
  | { kind: 'no-source'; policy: PolicyBrief; holders: string[] }
  | { kind: 'refused' };

export interface ChoiceDeps extends LookUpDeps {
  store: Store;
}

/** The login sources this person may pick for this policy: home source first, then linked ones. */
export const sourceChoices = async (
  deps: ChoiceDeps,
  actor: Actor,
  policyId: string,
): Promise<Choices> => {
  const policy = await policyById(deps.store, policyId);
  if (policy === undefined || !(await maySync(deps, actor, policy))) return { kind: 'refused' };
  if (!isSyncable(policy.indicator)) return { kind: 'not-syncable', policy };
  const all = await sourcesFor(deps.store, policy, actor.id);
  const usable = all.filter((source) =>
    may(actor, 'source.use', {
      holds: source.holderId === actor.id,
      shared: source.sharedWithPerson,
    }),
  );
  if (usable.length === 0)
    return {
      kind: 'no-source',
      policy,
      holders: [
        ...new Set(all.filter((each) => !each.holderLeft).map((each) => each.holderName)),
        ...(all.some((each) => each.holderLeft) ? ['a manager'] : []),
      ],
    };
  return { kind: 'sources', policy, sources: usable.sort(bestFirst) };
};

const bestFirst = (a: SourceChoice, b: SourceChoice): number =>
  Number(b.home) - Number(a.home) ||
  Number(b.linked) - Number(a.linked) ||
  (b.lastSuccessAt ?? 0) - (a.lastSuccessAt ?? 0) ||
  a.name.localeCompare(b.name);
