import type { ChartSpec, Series } from '#slack/chart.ts';
import { dayOf, type PolicyHistory, type ValueRecord } from '#core/policies/history.ts';

/** What the policy is worth; what death would pay stands too far above it to share an axis. */
const WORTH = ['Account Value', 'Cash Value', 'Surrender Value'];
const MOST_SERIES = 3;

/** Of two readings of a day the later one stands; records come newest first. */
const seriesOf = (name: string, records: readonly ValueRecord[]): Series => ({
  name,
  points: [...new Map(records.toReversed().map((each) => [dayOf(each), each.amount.minor]))]
    .map(([day, value]) => ({ day, value }))
    .sort((a, b) => a.day.localeCompare(b.day)),
});

/** Values over time as lines; undefined while there is nothing to compare. */
export const historyChart = ({ policy, values }: PolicyHistory): ChartSpec | undefined => {
  const [first] = values.filter(({ name }) => WORTH.includes(name)).concat(values);
  if (first === undefined) return undefined;
  const { currency } = first.amount;
  const names = WORTH.includes(first.name) ? WORTH : [first.name];
  const series = names
    .map((name) =>
      seriesOf(
        name,
        values.filter((each) => each.name === name && each.amount.currency === currency),
      ),
    )
    .filter(({ points }) => points.length > 1);
  return series.length === 0
    ? undefined
    : {
        kind: 'line',
        title: `${policy.carrierName} ${policy.number}`,
        unit: { kind: 'money', currency },
        series: series.slice(0, MOST_SERIES),
      };
};
