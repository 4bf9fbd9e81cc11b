import type { CarrierStanding } from '#shared/status.ts';
import type { KnownValue, UnchangedWhy, ValueChange } from './verdict.ts';

/** What is kept of a sync beside its reason; stored as JSON, shown on the card. */
export interface SyncDetail {
  changes?: ValueChange[];
  values?: KnownValue[];
  asOf?: string;
  expectedAsOf?: string;
  carrierStatus?: string;
  /** What that word means, where it was taught. */
  carrierStanding?: CarrierStanding;
  /** What the CRM said when the sync ended; either may have been corrected since. */
  crmStatus?: string;
  crmNumber?: string;
  missing?: string[];
  /** Names whose known value is newer than what the carrier shows, and stays. */
  keptNewer?: string[];
  why?: UnchangedWhy;
  /** Policies of the book or numbers of the portal that are a slip away. */
  closeNumbers?: string[];
  otherSources?: { id: string; name: string }[];
  lastSeenAt?: number;
  /** Why it was taken off the queue by something other than its own person. */
  cancelledBy?: 'source-removed' | 'done-elsewhere' | 'not-syncable' | 'carrier-changed';
  /** Who set the status for which it is synced no more. */
  statusBy?: string;
  /** How many sessions in a row ended with their process at it, and where the last one did if not at the policy. */
  deaths?: number;
  diedAt?: 'sign-in';
  /** Why it waits, where neither the queue nor the carrier is the reason. */
  waitsFor?: 'slack';
  /** Of the adapter or the portal; nothing personal. */
  note?: string;
  /** Who said that values looked wrong are right; they were written then. */
  acceptedBy?: string;
  /** File name of the masked picture of a page that was not understood. */
  picture?: string;
  /** File name of the masked trace of that step. */
  trace?: string;
}
