import type { KnownValue, KnownPolicy } from './verdict.ts';
import { type Doubt, doubtsOf } from './plausible.ts';
import type { CarrierStanding } from '#shared/status.ts';
import type { PolicySnapshot } from '#portal/portal.ts';

/** What was read and is not believed until a person says so. */
export interface UnconfirmedReading {
  carrierStatus: string;
  standing?: CarrierStanding;
  values: KnownValue[];
  missing: string[];
  doubts: Doubt[];
}

export type Settled = 'accepted' | 'rejected' | 'overtaken';

export interface UnconfirmedValue {
  id: string;
  policyId: string;
  /** Grows with each later reading that takes its place: what a person saw is what they decide about. */
  version: number;
  reading: UnconfirmedReading;
  /** Epoch ms */
  heldAt: number;
  settled?: { how: Settled; by: string | null; at: number };
}

/** The reading as something to hold, when there is a reason to doubt it. */
export const inDoubt = (
  known: KnownPolicy,
  snapshot: PolicySnapshot & { standing?: CarrierStanding },
  now: number,
): UnconfirmedReading | undefined => {
  const doubts = doubtsOf(known, snapshot, now);
  return doubts.length === 0
    ? undefined
    : {
        carrierStatus: snapshot.status,
        ...(snapshot.standing === undefined ? {} : { standing: snapshot.standing }),
        values: [...snapshot.values],
        missing: [...snapshot.missing],
        doubts,
      };
};
