import { formatMoney } from '#shared/money.ts';
import { day } from './blocks.ts';

/** What a number of a chart is: a count, or money in minor units of this currency. */
export type Unit = { kind: 'count' } | { kind: 'money'; currency: string };

/** `good` verified or new, `old` out of date, `bad` needs a person, `idle` nothing yet. */
export type Tone = 'good' | 'new' | 'old' | 'bad' | 'idle';

export interface Bar {
  label: string;
  value: number;
  tone: Tone;
}

export interface Series {
  name: string;
  /** Days are ISO; oldest first. */
  points: readonly { day: string; value: number }[];
}

export type ChartSpec =
  /** A bar a line, from the left: how many of each kind. */
  | { kind: 'bars'; title: string; unit: Unit; bars: readonly Bar[] }
  /** Values over time; days stand as far apart as they are. At most four series can be told apart. */
  | { kind: 'line'; title: string; unit: Unit; series: readonly Series[] };

/** More lines than these cannot be told apart. */
export const MOST_SERIES = 4;

/** A number in full. */
export const exact = (value: number, unit: Unit): string =>
  unit.kind === 'count'
    ? value.toLocaleString('en-US')
    : formatMoney({ minor: Math.round(value), currency: unit.currency });

const MOST_POINTS = 6;

const seriesText = ({ name, points }: Series, unit: Unit): string => {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return `${name}: nothing yet`;
  if (points.length <= MOST_POINTS)
    return `${name}: ${points.map((point) => `${exact(point.value, unit)} on ${day(point.day)}`).join(', ')}`;
  const values = points.map(({ value }) => value);
  return `${name}: from ${exact(first.value, unit)} on ${day(first.day)} to ${exact(last.value, unit)} on ${day(last.day)}, lowest ${exact(Math.min(...values), unit)}, highest ${exact(Math.max(...values), unit)}`;
};

/** The chart in words, for who cannot see it, and where the picture did not make it. */
export const chartText = (spec: ChartSpec): string =>
  `${spec.title}. ${
    spec.kind === 'bars'
      ? spec.bars.map(({ label, value }) => `${label}: ${exact(value, spec.unit)}`).join(', ')
      : spec.series
          .slice(0, MOST_SERIES)
          .map((series) => seriesText(series, spec.unit))
          .join('. ')
  }.`;
