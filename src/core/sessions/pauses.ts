import { noteAdapterFailure, endProbe, probeAfterSignIn } from './store/pauses.ts';
import type { Store } from '#database/store.ts';
import type { PauseRule } from './pause-rules.ts';
import { REASONS } from '#shared/outcome.ts';
import type { PolicyReading, SignInResult } from '#portal/portal.ts';
import type { ClaimedSync } from './store/claims.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface PauseDeps {
  store: Store;
  pauseRule: PauseRule;
}

/** What a reading says of the carrier, once it is written. */
export const afterReading = async (
  { store, pauseRule }: PauseDeps,
  lease: Lease,
  sync: ClaimedSync,
  reading: PolicyReading,
): Promise<readonly string[]> => {
  const requests: string[] = [];
  if (reading.kind === 'failure' && REASONS[reading.reason].blame === 'agent')
    requests.push(...(await noteAdapterFailure(store, lease, pauseRule)));
  if (sync.probe === true) {
    const came = reading.kind === 'failure' ? reading.reason : 'understood';
    requests.push(...(await endProbe(store, sync, lease.source.carrierId, came)));
  }
  return requests;
};

/** A listing that is not understood counts with the policies that are not: alone it pauses nothing. */
export const afterListing = (
  { store, pauseRule }: PauseDeps,
  lease: Lease,
): Promise<readonly string[]> => noteAdapterFailure(store, lease, pauseRule);

/** What a person's sign-in says of the carrier: without a stored password nothing else may tell of it. */
export const afterSignIn = async (
  { store, pauseRule }: PauseDeps,
  lease: Lease,
  said: SignInResult,
): Promise<readonly string[]> => {
  if (said.kind === 'signed-in') {
    await probeAfterSignIn(store, lease.source.carrierId);
    return [];
  }
  if (REASONS[said.reason].blame !== 'agent') return [];
  const { detail: note, picture, trace } = said;
  return noteAdapterFailure(store, lease, pauseRule, {
    ...(note === undefined ? {} : { note }),
    ...(picture === undefined ? {} : { picture }),
    ...(trace === undefined ? {} : { trace }),
  });
};
