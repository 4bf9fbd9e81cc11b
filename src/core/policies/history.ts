import type { SyncStatus, Reason } from '#shared/outcome.ts';
import { exchangeDay } from '#shared/calendar.ts';
import type { KnownValue } from './verdict.ts';
import type { PolicyBrief } from './policies.ts';

/** One sync of a policy, as its history tells it. */
export interface Attempt {
  id: string;
  status: SyncStatus;
  reason: Reason;
  /** When it ended, or was asked for while it has not. Epoch ms. */
  at: number;
  sourceName: string;
  /** Everybody who asked for it; nobody: it was background work. */
  askedBy: string[];
}

export interface ValueRecord extends KnownValue {
  observedAt: number;
}

/** Where it stands on a line of days: at its as-of date, or at the day of its reading where it has none. */
export const dayOf = ({ asOf, observedAt }: Pick<ValueRecord, 'asOf' | 'observedAt'>): string =>
  asOf ?? exchangeDay(observedAt);

export interface PolicyHistory {
  policy: PolicyBrief;
  /** Newest first. */
  attempts: Attempt[];
  moreAttempts: boolean;
  /** Every amount or as-of date seen, newest first. */
  values: ValueRecord[];
}
