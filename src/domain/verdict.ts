import { exchangeDay, isBusinessDay } from './calendar.ts';
import { freshness, isValuedDaily } from './freshness.ts';
import type { Money } from './money.ts';
import type { ProductClass } from './product-class.ts';
import type { ReasonOf } from './outcome.ts';
import { isSyncable, standingOf, type Indicator } from './status.ts';

/** What the database knew of a policy before it was read. */
export interface KnownPolicy {
  number: string;
  productClass: ProductClass;
  indicator: Indicator;
  values: readonly KnownValue[];
}

export interface KnownValue {
  name: string;
  amount: Money;
  /** ISO date */
  asOf: string;
}

export interface SeenPolicy {
  status: string;
  values: readonly KnownValue[];
  missing: readonly string[];
}

export interface ValueChange {
  name: string;
  from?: Money;
  to: Money;
  asOf: string;
  fromAsOf?: string;
}

/** Why equal values are nothing to worry about. */
export type UnchangedWhy = 'same-as-of' | 'market-closed' | 'valued-yearly' | 'no-movement';

export interface SuccessVerdict {
  reason: ReasonOf<'success'>;
  changes: ValueChange[];
  /** All values as the carrier shows them now. */
  values: KnownValue[];
  /** Newest as-of date among the values. */
  asOf?: string;
  carrierStatus: string;
  missing: string[];
  why?: UnchangedWhy;
  /** For `stale`: what this product class should show. */
  expectedAsOf?: string;
}

const newest = (values: readonly KnownValue[]): string | undefined =>
  values
    .map((value) => value.asOf)
    .sort()
    .at(-1);

const changesOf = (known: readonly KnownValue[], seen: readonly KnownValue[]): ValueChange[] => {
  const before = new Map(known.map((value) => [value.name, value]));
  return seen.flatMap((value) => {
    const old = before.get(value.name);
    if (old === undefined) return [{ name: value.name, to: value.amount, asOf: value.asOf }];
    if (old.amount.minor === value.amount.minor && old.amount.currency === value.amount.currency)
      return [];
    return [
      {
        name: value.name,
        from: old.amount,
        to: value.amount,
        asOf: value.asOf,
        fromAsOf: old.asOf,
      },
    ];
  });
};

const whyUnchanged = (policy: KnownPolicy, asOf: string | undefined, now: number): UnchangedWhy => {
  if (!isValuedDaily(policy.productClass)) return 'valued-yearly';
  if (!isBusinessDay(exchangeDay(now))) return 'market-closed';
  return asOf === newest(policy.values) ? 'same-as-of' : 'no-movement';
};

/** Decides what a successful reading means. Pure: time and data are given. */
export const judgeSuccess = (
  policy: KnownPolicy,
  seen: SeenPolicy,
  now: number,
): SuccessVerdict => {
  const asOf = newest(seen.values);
  const changes = changesOf(policy.values, seen.values);
  const verdict = {
    changes,
    values: [...seen.values],
    ...(asOf === undefined ? {} : { asOf }),
    carrierStatus: seen.status,
    missing: [...seen.missing],
  };
  const standing = standingOf(seen.status);
  const inactive = standing === 'closed' || standing === 'expired';
  if (inactive && isSyncable(policy.indicator)) return { ...verdict, reason: 'status-drift' };
  if (seen.missing.length > 0) return { ...verdict, reason: 'partial' };
  if (asOf !== undefined) {
    const fresh = freshness(asOf, now, policy.productClass);
    if (fresh.kind === 'stale')
      return { ...verdict, reason: 'stale', expectedAsOf: fresh.expected };
  }
  if (changes.length > 0) return { ...verdict, reason: 'changed' };
  return { ...verdict, reason: 'unchanged', why: whyUnchanged(policy, asOf, now) };
};

export interface AbsenceFacts {
  /** Numbers of that book at the carrier, or in the portal, that are close to the one searched. */
  closeNumbers: readonly string[];
  /** When this login last saw the policy, epoch ms. */
  lastSeenHere?: number;
  /** Other sources of the carrier that this person may use, and that saw it or were never asked. */
  otherSources: readonly { id: string; name: string; sawIt: boolean }[];
}

/** Decides what it means that two searches found nothing. */
export const judgeAbsence = (facts: AbsenceFacts): ReasonOf<'not-found'> => {
  if (facts.otherSources.some((source) => source.sawIt)) return 'other-login';
  if (facts.lastSeenHere !== undefined) return 'gone';
  if (facts.closeNumbers.length > 0) return 'number-mismatch';
  return facts.otherSources.length > 0 ? 'other-login' : 'never-seen';
};
