import type { BreakageRule } from './pause-rules.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { ClaimedSync } from './session.ts';
import { type Reason, REASONS } from '#shared/outcome.ts';
import type { PolicyReading, SignInResult } from '#portal/portal.ts';
import type { Lease } from '#core/logins/lease.ts';

/** Of the end of a sync: what it says of its carrier. Each gives the requests to show it to. */
export interface BreakageStore {
  /**
   * Counts the failures of the adapter's making at this carrier, sign-ins of persons too; pauses it
   * when the rule says so, and puts back what failed on the way, also what failed since. `detail` is of
   * a failure that is no sync's.
   */
  noteBreakage: (
    lease: Lease,
    rule: BreakageRule,
    detail?: SyncDetail,
  ) => Promise<readonly string[]>;
  /** A person's sign-in was understood where pages were not: one sync may try at once. */
  probeAfterSignIn: (carrierId: string) => Promise<void>;
  /** Ends the pause, or says when the next probe is due. Nothing when this sync was no probe. */
  endProbe: (
    sync: ClaimedSync,
    carrierId: string,
    came: 'understood' | Reason,
  ) => Promise<readonly string[]>;
}

export interface BreakageDeps {
  store: BreakageStore;
  breakage: BreakageRule;
}

/** What a reading says of the carrier, once it is written. */
export const afterReading = async (
  { store, breakage }: BreakageDeps,
  lease: Lease,
  sync: ClaimedSync,
  reading: PolicyReading,
): Promise<readonly string[]> => {
  const requests: string[] = [];
  if (reading.kind === 'trouble' && REASONS[reading.reason].blame === 'agent')
    requests.push(...(await store.noteBreakage(lease, breakage)));
  if (sync.probe === true) {
    const came = reading.kind === 'trouble' ? reading.reason : 'understood';
    requests.push(...(await store.endProbe(sync, lease.source.carrierId, came)));
  }
  return requests;
};

/** What a person's sign-in says of the carrier: without a stored password nothing else may tell of it. */
export const afterSignIn = async (
  { store, breakage }: BreakageDeps,
  lease: Lease,
  said: SignInResult,
): Promise<readonly string[]> => {
  if (said.kind === 'signed-in') {
    await store.probeAfterSignIn(lease.source.carrierId);
    return [];
  }
  if (REASONS[said.reason].blame !== 'agent') return [];
  const { detail: note, picture, trace } = said;
  return store.noteBreakage(lease, breakage, {
    ...(note === undefined ? {} : { note }),
    ...(picture === undefined ? {} : { picture }),
    ...(trace === undefined ? {} : { trace }),
  });
};
