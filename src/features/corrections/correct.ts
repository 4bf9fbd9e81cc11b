import { policyById } from '#core/policies/store/policies.ts';
import { statuses, setStatus, syncDetail, setNumber } from './store.ts';
import { isCrmTold } from '#core/policies/store/edits.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { isSyncable, type CarrierStanding, type Indicator } from '#shared/status.ts';
import { mayCorrect, type LookUpDeps } from '#core/policies/look-up.ts';
import { recordPolicyView } from '#core/policies/store/seen.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Show } from '#queue/messages.ts';

export interface CorrectionDeps extends LookUpDeps {
  store: Store;
  show: Show;
}

export type StatusUpdated =
  | { kind: 'updated'; policy: PolicyBrief; from: string; syncable: boolean; crmTold: boolean }
  | { kind: 'same'; policy: PolicyBrief }
  /** Somebody else changed it since the person looked. */
  | { kind: 'changed-meanwhile'; policy: PolicyBrief }
  | { kind: 'no-such-status' }
  | { kind: 'refused' };

/** Sets the status; `from` is what the person saw. */
export const updateStatus = async (
  deps: CorrectionDeps,
  actor: Actor,
  { policyId, from, to }: { policyId: string; from: string; to: string },
): Promise<StatusUpdated> => {
  const { store, show } = deps;
  const policy = await policyById(store, policyId);
  if (policy === undefined || !(await mayCorrect(deps, actor, policy))) return { kind: 'refused' };
  const status = (await statuses(store)).find(({ name }) => name === to);
  if (status === undefined) return { kind: 'no-such-status' };
  if (policy.status === to) return { kind: 'same', policy };
  const requests =
    policy.status === from
      ? await setStatus(store, { policyId, personId: actor.id, from, to })
      : undefined;
  if (requests === undefined) return { kind: 'changed-meanwhile', policy };
  for (const request of requests) await show(request);
  return {
    kind: 'updated',
    policy: { ...policy, status: to, indicator: status.indicator },
    from,
    syncable: isSyncable(status.indicator),
    crmTold: await isCrmTold(store.db),
  };
};

/** What a person who may change it chooses from, and what the carrier called it last. */
export const statusChoices = async (
  deps: CorrectionDeps,
  actor: Actor,
  policyId: string,
  syncId: string | undefined,
): Promise<
  | {
      policy: PolicyBrief;
      statuses: { name: string; indicator: Indicator }[];
      carrierStatus?: string;
      /** What that word means, where it was taught. */
      carrierStanding?: CarrierStanding;
    }
  | undefined
> => {
  const policy = await policyById(deps.store, policyId);
  if (policy === undefined || !(await mayCorrect(deps, actor, policy))) return undefined;
  await recordPolicyView(deps.store, actor.id, 'status.viewed', policyId);
  const seen = syncId === undefined ? undefined : await syncDetail(deps.store, syncId);
  const { carrierStatus, carrierStanding } = seen?.policyId === policyId ? seen.detail : {};
  return {
    policy,
    statuses: await statuses(deps.store),
    ...(carrierStatus === undefined ? {} : { carrierStatus }),
    ...(carrierStanding === undefined ? {} : { carrierStanding }),
  };
};

export type NumberCorrected =
  | {
      kind: 'corrected';
      policy: PolicyBrief;
      from: string;
      sourceId: string;
      crmTold: boolean;
      /** To show, once the sync of the new number is asked for: they tell of it. */
      requests: readonly string[];
    }
  | { kind: 'taken'; number: string }
  | { kind: 'stale' }
  | { kind: 'refused' };

/** Takes one of the close numbers that this Not Found came with, and no other. */
export const correctNumber = async (
  deps: CorrectionDeps,
  actor: Actor,
  { syncId, close }: { syncId: string; close: number },
): Promise<NumberCorrected> => {
  const { store } = deps;
  const sync = await syncDetail(store, syncId);
  const policy = sync && (await policyById(store, sync.policyId));
  if (sync === undefined || policy === undefined || !(await mayCorrect(deps, actor, policy)))
    return { kind: 'refused' };
  const to = sync.detail.closeNumbers?.[close];
  const from = sync.detail.crmNumber;
  if (to === undefined || from === undefined) return { kind: 'stale' };
  const requests = await setNumber(store, { policyId: policy.id, personId: actor.id, from, to });
  if (requests === undefined) return { kind: 'stale' };
  if (requests === 'taken') return { kind: 'taken', number: to };
  return {
    kind: 'corrected',
    policy: { ...policy, number: to },
    from,
    requests,
    sourceId: sync.sourceId,
    crmTold: await isCrmTold(store.db),
  };
};
