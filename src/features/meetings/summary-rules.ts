import { sameMoney, type Money } from '#shared/money.ts';
import type { ProductClass } from '#shared/product-class.ts';
import { dayOf } from '#core/policies/history.ts';
import type { KnownValue } from '#core/policies/verdict.ts';

/** A value with when it was first seen, epoch ms. */
export interface SeenValue extends KnownValue {
  observedAt: number;
}

/** Read, and yet not to be told as today's truth. */
export type Doubt = 'stale' | 'status-drift' | 'partial';

/** One policy of the contact, with its history, newest first. */
export interface MetPolicy {
  number: string;
  carrierName: string;
  productName: string;
  productClass: ProductClass;
  values: readonly SeenValue[];
  /** Its refresh for this meeting succeeded. */
  read: boolean;
  doubt: Doubt | null;
}

export interface PolicyLine {
  number: string;
  carrierName: string;
  productName: string;
  read: boolean;
  doubt: Doubt | null;
  /** What the policy is worth, by the name the carrier gives it. */
  value?: KnownValue;
  /** The same at the last summary, where it was another amount. */
  before?: Money;
}

export interface ProductLine {
  name: string;
  policies: readonly PolicyLine[];
  /** What can be added up: of one name and currency. */
  totals: readonly { name: string; amount: Money; policies: number }[];
}

/** Another value that is not what it was at the last summary. */
export interface OtherMove {
  number: string;
  name: string;
  from: Money;
  to: Money;
}

export interface LineSeries {
  name: string;
  points: readonly { day: string; value: number }[];
}

const LINE_NAMES: Record<ProductClass, string> = {
  variable: 'Variable annuities and life',
  indexed: 'Indexed annuities and life',
  fixed: 'Fixed annuities',
  account: 'Investment accounts',
  'universal-life': 'Universal life',
  'whole-life': 'Whole life',
  term: 'Term life',
  other: 'Other products',
};

/** Beside the lines of a chart there is room for a word. */
const SHORT_NAMES: Record<ProductClass, string> = {
  variable: 'Variable',
  indexed: 'Indexed',
  fixed: 'Fixed',
  account: 'Accounts',
  'universal-life': 'Universal life',
  'whole-life': 'Whole life',
  term: 'Term life',
  other: 'Other',
};

/** What a product is worth to its owner, the first that a carrier shows. */
const WORTH = ['Account Value', 'Cash Value', 'Surrender Value', 'Death Benefit', 'Face Value'];

const newestOf = (values: readonly SeenValue[]): SeenValue[] => [
  ...new Map(values.toReversed().map((value) => [value.name, value])).values(),
];

const worthOf = (values: readonly SeenValue[]): SeenValue | undefined => {
  const newest = newestOf(values);
  for (const name of WORTH) {
    const found = newest.find((value) => value.name === name);
    if (found !== undefined) return found;
  }
  return newest[0];
};

/** What to compare with: `orFirst` takes the oldest value known where none is older than `at`. */
export interface Since {
  /** Epoch ms */
  at: number;
  orFirst: boolean;
}

/** What was known of a value at that time. */
const valueThen = (
  values: readonly SeenValue[],
  name: string,
  { at, orFirst }: Since,
): SeenValue | undefined => {
  const named = values.filter((value) => value.name === name);
  return named.find(({ observedAt }) => observedAt <= at) ?? (orFirst ? named.at(-1) : undefined);
};

const lineOf = (policy: MetPolicy, since: Since): PolicyLine => {
  const { number, carrierName, productName, read, doubt, values } = policy;
  const worth = worthOf(values);
  const before = worth && valueThen(values, worth.name, since);
  return {
    number,
    carrierName,
    productName,
    read,
    doubt,
    ...(worth === undefined
      ? {}
      : { value: { name: worth.name, amount: worth.amount, asOf: worth.asOf } }),
    ...(worth === undefined || before === undefined || sameMoney(before.amount, worth.amount)
      ? {}
      : { before: before.amount }),
  };
};

const totalsOf = (lines: readonly PolicyLine[]): ProductLine['totals'] =>
  [
    ...Map.groupBy(
      lines.flatMap(({ value }) => (value === undefined ? [] : [value])),
      ({ name, amount }) => `${name} ${amount.currency}`,
    ).values(),
  ].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [
          {
            name: first.name,
            policies: group.length,
            amount: {
              minor: group.reduce((sum, { amount }) => sum + amount.minor, 0),
              currency: first.amount.currency,
            },
          },
        ];
  });

/** In the order of `LINE_NAMES`: what moves daily first. `since`: the last summary. */
export const productLines = (policies: readonly MetPolicy[], since: Since): ProductLine[] =>
  (Object.keys(LINE_NAMES) as ProductClass[]).flatMap((productClass) => {
    const lines = policies
      .filter((policy) => policy.productClass === productClass)
      .map((policy) => lineOf(policy, since));
    return lines.length === 0
      ? []
      : [{ name: LINE_NAMES[productClass], policies: lines, totals: totalsOf(lines) }];
  });

/** Everything else that is not as it was at the last summary. */
export const otherMoves = (policies: readonly MetPolicy[], since: Since): OtherMove[] =>
  policies.flatMap(({ number, values }) => {
    const worth = worthOf(values)?.name;
    return newestOf(values).flatMap(({ name, amount }) => {
      const before = valueThen(values, name, since);
      return name === worth || before === undefined || sameMoney(before.amount, amount)
        ? []
        : [{ number, name, from: before.amount, to: amount }];
    });
  });

const MOST_POINTS = 40;

/** Evenly thinned, the first and the last stay. */
const thinned = <T>(points: readonly T[]): T[] => {
  const step = Math.max(1, (points.length - 1) / (MOST_POINTS - 1));
  return points.filter(
    (_, index) =>
      index === points.length - 1 || Math.floor(index / step) !== Math.floor((index - 1) / step),
  );
};

/** What death or a rider would pay says nothing about how a contact's money grew. */
const GROWS = new Set(['Account Value', 'Cash Value', 'Surrender Value']);

/**
 * What each product line was worth over time, in minor units; a line begins once every policy of it
 * has a value, so that no new policy looks like a gain. One currency: the most common.
 */
export const seriesOf = (
  policies: readonly MetPolicy[],
): { currency: string; series: LineSeries[] } | undefined => {
  const worths = policies.flatMap((policy) => {
    const worth = worthOf(policy.values);
    return worth === undefined || !GROWS.has(worth.name)
      ? []
      : [
          {
            productClass: policy.productClass,
            currency: worth.amount.currency,
            // Oldest first; of two readings of a day the later one stands.
            points: policy.values
              .filter(({ name }) => name === worth.name)
              .toReversed()
              .map((value) => ({ day: dayOf(value), minor: value.amount.minor }))
              .toSorted((a, b) => a.day.localeCompare(b.day)),
          },
        ];
  });
  const [currency] = [...Map.groupBy(worths, (worth) => worth.currency)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([each]) => each);
  if (currency === undefined) return undefined;
  const series = [
    ...Map.groupBy(
      worths.filter((worth) => worth.currency === currency),
      ({ productClass }) => productClass,
    ),
  ].flatMap(([productClass, members]): LineSeries[] => {
    const from =
      members
        .map(({ points }) => points[0]?.day ?? '')
        .sort()
        .at(-1) ?? '';
    const days = new Set(members.flatMap(({ points }) => points.map(({ day }) => day)));
    const points = [...days]
      .filter((day) => day >= from)
      .sort()
      .map((day) => ({
        day,
        value: members.reduce(
          (sum, member) => sum + (member.points.findLast((point) => point.day <= day)?.minor ?? 0),
          0,
        ),
      }));
    return points.length < 2 ? [] : [{ name: SHORT_NAMES[productClass], points: thinned(points) }];
  });
  const last = ({ points }: LineSeries): number => points.at(-1)?.value ?? 0;
  return series.length === 0
    ? undefined
    : { currency, series: series.toSorted((a, b) => last(b) - last(a)) };
};
