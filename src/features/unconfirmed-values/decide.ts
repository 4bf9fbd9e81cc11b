import { unconfirmedValue, recordAccepted, recordRejected } from './store.ts';
import { policyById } from '#core/policies/store/policies.ts';
import { latestValues } from '#core/policies/store/values.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { judgeSuccess, type KnownPolicy } from '#core/policies/verdict.ts';
import type { Clock } from '#shared/clock.ts';
import { mayCorrect, type LookUpDeps } from '#core/policies/look-up.ts';
import { recordPolicyView } from '#core/policies/store/seen.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Show } from '#queue/messages.ts';
import type { Settled, UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';

export interface DecideDeps extends LookUpDeps {
  store: Store;
  clock: Clock;
  show: Show;
}

export type Decided =
  | { kind: 'accepted' | 'rejected'; policy: PolicyBrief }
  /** Somebody was quicker, or a newer sync read values that fit. */
  | { kind: 'settled'; how: Settled; by: string | null; policy: PolicyBrief }
  /** A newer sync read other values since this person looked. */
  | { kind: 'read-again'; policy: PolicyBrief }
  | { kind: 'refused' };

/** What was read, shown to somebody who may decide about it; each look is audited. */
export const lookAtUnconfirmed = async (deps: DecideDeps, actor: Actor, id: string) => {
  const found = await findUnconfirmed(deps, actor, id);
  if (found !== undefined)
    await recordPolicyView(deps.store, actor.id, 'values.viewed', found.policy.id);
  return found;
};

const findUnconfirmed = async (
  deps: DecideDeps,
  actor: Actor,
  id: string,
): Promise<{ held: UnconfirmedValue; policy: PolicyBrief } | undefined> => {
  const held = await unconfirmedValue(deps.store, id);
  const policy = held && (await policyById(deps.store, held.policyId));
  if (held === undefined || policy === undefined) return undefined;
  return (await mayCorrect(deps, actor, policy)) ? { held, policy } : undefined;
};

const decide = async (
  deps: DecideDeps,
  actor: Actor,
  { id, version }: { id: string; version: number },
  write: (held: UnconfirmedValue, policy: PolicyBrief) => Promise<readonly string[] | undefined>,
): Promise<PolicyBrief | Exclude<Decided, { kind: 'accepted' | 'rejected' }>> => {
  const found = await findUnconfirmed(deps, actor, id);
  if (found === undefined) return { kind: 'refused' };
  const { held, policy } = found;
  if (held.settled !== undefined) return { kind: 'settled', ...held.settled, policy };
  if (held.version !== version) return { kind: 'read-again', policy };
  const requests = await write(held, policy);
  if (requests === undefined) {
    const now = await unconfirmedValue(deps.store, id);
    return now?.settled === undefined
      ? { kind: 'read-again', policy }
      : { kind: 'settled', ...now.settled, policy };
  }
  for (const request of requests) await deps.show(request);
  return policy;
};

/** A person says that what was read is right: it becomes what is known, in their name. */
export const acceptValues = async (
  deps: DecideDeps,
  actor: Actor,
  seen: { id: string; version: number },
): Promise<Decided> => {
  const outcome = await decide(deps, actor, seen, async ({ reading }, policy) => {
    const known: KnownPolicy = {
      number: policy.number,
      productClass: policy.productClass,
      indicator: policy.indicator,
      values: await latestValues(deps.store.db, policy.id),
    };
    const read = { ...reading, status: reading.carrierStatus };
    const { reason, ...verdict } = judgeSuccess(known, read, deps.clock(), true);
    return recordAccepted(deps.store, {
      ...seen,
      personId: actor.id,
      status: 'success',
      reason,
      detail: { ...verdict, crmStatus: policy.status },
    });
  });
  return 'kind' in outcome ? outcome : { kind: 'accepted', policy: outcome };
};

/** A person says that it is not: it stays out, and the values that were known stay. */
export const rejectValues = async (
  deps: DecideDeps,
  actor: Actor,
  seen: { id: string; version: number },
): Promise<Decided> => {
  const outcome = await decide(deps, actor, seen, () =>
    recordRejected(deps.store, { ...seen, personId: actor.id }),
  );
  return 'kind' in outcome ? outcome : { kind: 'rejected', policy: outcome };
};
