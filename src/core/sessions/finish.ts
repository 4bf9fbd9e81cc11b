import { endProbe } from './store/pauses.ts';
import {
  retryLater,
  finishSync,
  askNextLogin,
  absenceFacts,
  unlink,
  type RetryLater,
  type SyncEnd,
} from './store/finishes.ts';
import { latestValues } from '#core/policies/store/values.ts';
import type { Store } from '#database/store.ts';
import { type EndedStatus, type Reason, REASONS, statusOf } from '#shared/outcome.ts';
import { closeNumbers, normalizeNumber } from '#shared/policy-number.ts';
import { isDeadly } from './death-rules.ts';
import { planRetry } from './retry.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { judgeAbsence, judgeSuccess, type KnownPolicy } from '#core/policies/verdict.ts';
import type { Clock } from '#shared/clock.ts';
import type { PolicyReading, PortalFailure } from '#portal/portal.ts';
import { inDoubt } from '#core/policies/unconfirmed-values.ts';
import { withStanding, type TaughtDeps } from './taught.ts';
import { afterReading, type PauseDeps } from './pauses.ts';
import type { ClaimedSync } from './store/claims.ts';
import { ofSync, type OnNotice } from './notice.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface FinishDeps extends Omit<PauseDeps, 'store'>, TaughtDeps {
  store: Store;
  clock: Clock;
  notice?: OnNotice;
}

type Noticed = Pick<FinishDeps, 'store' | 'notice'>;

type WhatCame =
  | { kind: 'sync-ended'; status: EndedStatus | 'needs-link'; reason: Reason }
  | { kind: 'sync-put-off'; reason: Reason };

/** Tells of what was written; of a session that another worker has now, that one tells. */
const noticed = (
  { notice }: Noticed,
  sync: ClaimedSync,
  requests: readonly string[] | undefined,
  what: WhatCame,
): readonly string[] => {
  if (requests !== undefined) notice?.({ ...what, ...ofSync(sync) });
  return requests ?? [];
};

const endSync = async (deps: Noticed, lease: Lease, sync: ClaimedSync, how: SyncEnd) =>
  noticed(deps, sync, await finishSync(deps.store, sync, lease, how), {
    kind: 'sync-ended',
    status: how.status,
    reason: how.reason,
  });

const putOff = async (deps: Noticed, lease: Lease, sync: ClaimedSync, later: RetryLater) =>
  noticed(deps, sync, await retryLater(deps.store, sync, lease, later), {
    kind: 'sync-put-off',
    reason: later.reason,
  });

/** Takes a masked picture of the page that was read; its file name. */
export type TakePicture = () => Promise<string | undefined>;

/** Decides by the rules what a reading means and writes it; whether the session can go on. */
export const finishReading = async (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
  reading: PolicyReading,
  takePicture?: TakePicture,
): Promise<{ goOn: boolean; requests: readonly string[] }> => {
  const { goOn, requests } = await writeReading(deps, lease, sync, reading, takePicture);
  const more = await afterReading(deps, lease, sync, reading);
  return { goOn, requests: [...new Set([...requests, ...more])] };
};

const writeReading = async (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
  reading: PolicyReading,
  takePicture: TakePicture | undefined,
): Promise<{ goOn: boolean; requests: readonly string[] }> => {
  switch (reading.kind) {
    case 'found':
      return { goOn: true, requests: await finishFound(deps, lease, sync, reading, takePicture) };
    case 'absent':
      return { goOn: true, requests: await finishAbsent(deps, lease, sync, reading.closeNumbers) };
    case 'failure':
      return finishFailure(deps, lease, sync, reading);
  }
};

/** An error of our own: a few more tries, spread out, and then it has failed instead of going on for ever. */
export const finishUnforeseen = async (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
): Promise<readonly string[]> => {
  const { store, clock } = deps;
  const plan = planRetry('carrier-down', sync.tries, clock());
  if (sync.probe === true) await endProbe(store, sync, lease.source.carrierId, 'carrier-down');
  if (plan.kind === 'wait')
    return putOff(deps, lease, sync, { ...plan, reason: 'carrier-down', detail: {} });
  return endSync(deps, lease, sync, {
    status: 'failed',
    reason: 'portal-changed',
    detail: {},
    values: [],
  });
};

/** Long enough for Slack to be back, short enough to be of use. */
const UNCHECKED_MS = 60_000;

/** Slack did not say whether the login's people are still here: it rests, and no try is counted. */
export const waitUnchecked = (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
): Promise<readonly string[]> =>
  putOff(deps, lease, sync, {
    reason: 'waiting',
    notBefore: deps.clock() + UNCHECKED_MS,
    whole: 'source',
    detail: { waitsFor: 'slack' },
    counted: false,
  });

const finishFound = async (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
  { snapshot: read }: Extract<PolicyReading, { kind: 'found' }>,
  takePicture: TakePicture | undefined,
): Promise<readonly string[]> => {
  const { store, portals, clock } = deps;
  const snapshot = await withStanding({ store, portals }, sync.policy.carrierId, read);
  const known: KnownPolicy = {
    number: sync.policy.number,
    productClass: sync.policy.productClass,
    indicator: sync.policy.indicator,
    values: await latestValues(store.db, sync.policy.id),
  };
  const held = inDoubt(known, snapshot, clock());
  if (held !== undefined) {
    const picture = await takePicture?.();
    const detail: SyncDetail = {
      carrierStatus: snapshot.status,
      ...(snapshot.standing === undefined ? {} : { carrierStanding: snapshot.standing }),
      crmStatus: sync.policy.status,
      ...(picture === undefined ? {} : { picture }),
    };
    const end = { status: 'failed', reason: 'implausible', detail, values: [], held } as const;
    return endSync(deps, lease, sync, end);
  }
  const { reason, ...verdict } = judgeSuccess(known, snapshot, clock());
  return endSync(deps, lease, sync, {
    status: 'success',
    reason,
    detail: { ...verdict, crmStatus: sync.policy.status },
    values: verdict.values,
  });
};

const finishAbsent = async (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
  seenClose: readonly string[],
): Promise<readonly string[]> => {
  const { store } = deps;
  if (!sync.forced && sync.policy.homeSourceId === null) {
    const passedOn = await askNextLogin(store, sync, lease);
    if (passedOn !== undefined) return passedOn;
  }
  const { nearNumbers, isAsked, ...facts } = await absenceFacts(store, sync, lease);
  const close = closeNumbers(normalizeNumber(sync.policy.number), [
    ...new Set([...seenClose, ...nearNumbers]),
  ]);
  const reason = judgeAbsence({ ...facts, closeNumbers: close });
  return endSync(deps, lease, sync, {
    status: 'not-found',
    reason,
    detail: {
      crmStatus: sync.policy.status,
      crmNumber: sync.policy.number,
      closeNumbers: close,
      // A card shows them, and a large firm has hundreds: of what nobody asked for none are kept.
      ...(isAsked
        ? { otherSources: facts.otherSources.map(({ id, name }) => ({ id, name })) }
        : {}),
      ...(facts.lastSeenHere === undefined ? {} : { lastSeenAt: facts.lastSeenHere }),
    },
    values: [],
  });
};

const finishFailure = async (
  deps: FinishDeps,
  lease: Lease,
  sync: ClaimedSync,
  { reason, detail: note, picture, trace }: PortalFailure,
): Promise<{ goOn: boolean; requests: readonly string[] }> => {
  const detail: SyncDetail = {
    ...(note === undefined ? {} : { note }),
    ...(picture === undefined ? {} : { picture }),
    ...(trace === undefined ? {} : { trace }),
    ...(sync.died && isDeadly(sync.died) && !sync.died.atSignIn && { deaths: sync.died.deaths }),
  };
  if (REASONS[reason].status === 'needs-link') {
    const unlinked = await unlink(deps.store, lease, reason, detail);
    const requests = noticed(
      deps,
      sync,
      unlinked,
      sync.forced
        ? { kind: 'sync-ended', status: 'needs-link', reason }
        : { kind: 'sync-put-off', reason },
    );
    return { goOn: false, requests };
  }
  const plan = planRetry(reason, sync.tries, deps.clock());
  if (plan.kind === 'wait')
    return {
      goOn: plan.whole === 'sync',
      requests: await putOff(deps, lease, sync, { ...plan, reason, detail }),
    };
  const status = statusOf(reason) as EndedStatus;
  const requests = await endSync(deps, lease, sync, { status, reason, detail, values: [] });
  return { goOn: reason !== 'action-needed', requests };
};
