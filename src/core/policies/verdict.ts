import { exchangeDay, isBusinessDay, lastValuedDay } from '#shared/calendar.ts';
import { freshness, isValuedDaily } from './freshness.ts';
import { sameMoney, type Money } from '#shared/money.ts';
import type { ProductClass } from '#shared/product-class.ts';
import type { ReasonOf } from '#shared/outcome.ts';
import { isSyncable, standingOf, type CarrierStanding, type Indicator } from '#shared/status.ts';

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
  /** ISO date; none where the carrier shows none. */
  asOf?: string | undefined;
}

export interface SeenPolicy {
  status: string;
  /** What the status means, where that was taught; else it is what such a word means anywhere. */
  standing?: CarrierStanding;
  values: readonly KnownValue[];
  missing: readonly string[];
}

export interface ValueChange {
  name: string;
  from?: Money;
  to: Money;
  asOf?: string | undefined;
  fromAsOf?: string;
}

/** Why equal values are nothing to worry about. */
export type UnchangedWhy =
  | 'same-as-of'
  | 'market-closed'
  | 'valued-yearly'
  | 'no-movement'
  /** The same amounts, and no date to tell whether they are new. */
  | 'no-date'
  /** The carrier shows none, and none was known: a policy not issued yet. */
  | 'no-values';

export interface SuccessVerdict {
  reason: ReasonOf<'success'>;
  changes: ValueChange[];
  /** What holds now: as the carrier shows it, or as known where that is newer. */
  values: KnownValue[];
  /** Newest as-of date that the carrier shows; none with values: it shows no date. */
  asOf?: string;
  carrierStatus: string;
  carrierStanding?: CarrierStanding;
  missing: string[];
  /** Names whose known value is newer than what the carrier shows, and stays. */
  keptNewer?: string[];
  why?: UnchangedWhy;
  /** For `stale`: what this product class should show, or what was seen before. */
  expectedAsOf?: string;
}

/** What a carrier's status means: as its word was taught, else as such a word means anywhere. */
export const standingIn = (seen: {
  status: string;
  standing?: CarrierStanding | undefined;
}): CarrierStanding => seen.standing ?? standingOf(seen.status);

/** Over at the carrier: its values stay as they are, and the CRM should say so too. */
export const isInactive = (standing: CarrierStanding): boolean =>
  standing === 'closed' || standing === 'expired';

const newest = (values: readonly KnownValue[]): string | undefined =>
  values
    .flatMap(({ asOf }) => asOf ?? [])
    .sort()
    .at(-1);

type ByName = ReadonlyMap<string, KnownValue>;

const changesOf = (before: ByName, now: readonly KnownValue[]): ValueChange[] =>
  now.flatMap(({ name, amount, asOf }) => {
    const old = before.get(name);
    if (old === undefined) return [{ name, to: amount, asOf }];
    if (sameMoney(old.amount, amount)) return [];
    const fromAsOf = old.asOf === undefined ? {} : { fromAsOf: old.asOf };
    return [{ name, from: old.amount, to: amount, asOf, ...fromAsOf }];
  });

/**
 * A page may show an older day than one read before; the newer value is not overwritten by it. Of two
 * readings one of which has no day, the later one stands.
 */
const isOlderThanKnown = (seen: KnownValue, before: ByName): boolean => {
  const known = before.get(seen.name)?.asOf;
  return known !== undefined && seen.asOf !== undefined && known > seen.asOf;
};

const whyUnchanged = (
  policy: KnownPolicy,
  seen: SeenPolicy,
  asOf: string | undefined,
  now: number,
): UnchangedWhy => {
  if (asOf === undefined) return seen.values.length === 0 ? 'no-values' : 'no-date';
  if (!isValuedDaily(policy.productClass)) return 'valued-yearly';
  if (asOf !== newest(policy.values)) return 'no-movement';
  // On a closed day too, the value of the last open one may still be on its way.
  const isNewest = asOf >= lastValuedDay(now);
  return isNewest && !isBusinessDay(exchangeDay(now)) ? 'market-closed' : 'same-as-of';
};

/** The as-of date that should be shown by now, when the one shown is older. */
const expectedInstead = (policy: KnownPolicy, asOf: string, now: number): string | undefined => {
  const fresh = freshness(asOf, now, policy.productClass);
  const before = newest(policy.values);
  const candidates = [
    ...(fresh.kind === 'stale' ? [fresh.expected] : []),
    ...(before !== undefined && before > asOf ? [before] : []),
  ];
  return candidates.sort().at(-1);
};

/**
 * Decides what a successful reading means. Pure: time and data are given. What needs a person comes
 * first: an inactive policy explains missing values, and missing values explain an old date. What a
 * person `accepted` holds even where a newer value was known.
 */
export const judgeSuccess = (
  policy: KnownPolicy,
  seen: SeenPolicy,
  now: number,
  accepted = false,
): SuccessVerdict => {
  const before: ByName = new Map(policy.values.map((value) => [value.name, value]));
  const isOlder = (value: KnownValue): boolean => !accepted && isOlderThanKnown(value, before);
  const asOf = newest(seen.values);
  const keptNewer = seen.values.filter(isOlder).map(({ name }) => name);
  const values = seen.values.map((value) =>
    isOlder(value) ? (before.get(value.name) ?? value) : value,
  );
  const changes = changesOf(before, values);
  // A page without any value has lost those that were there before.
  const missing = seen.values.length > 0 ? seen.missing : [...before.keys(), ...seen.missing];
  const verdict = {
    changes,
    values,
    ...(asOf === undefined ? {} : { asOf }),
    carrierStatus: seen.status,
    ...(seen.standing === undefined ? {} : { carrierStanding: seen.standing }),
    missing: [...new Set(missing)],
    ...(keptNewer.length === 0 ? {} : { keptNewer }),
  };
  if (isInactive(standingIn(seen)) && isSyncable(policy.indicator))
    return { ...verdict, reason: 'status-drift' };
  if (verdict.missing.length > 0) return { ...verdict, reason: 'partial' };
  const expectedAsOf = asOf === undefined ? undefined : expectedInstead(policy, asOf, now);
  if (expectedAsOf !== undefined) return { ...verdict, reason: 'stale', expectedAsOf };
  if (changes.length > 0) return { ...verdict, reason: 'changed' };
  return { ...verdict, reason: 'unchanged', why: whyUnchanged(policy, seen, asOf, now) };
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
