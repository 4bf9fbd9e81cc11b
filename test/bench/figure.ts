/** One line of the bench. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  target: number;
  /** Whether the value is to be at most the target, or at least. */
  is: '<=' | '>=';
  ok: boolean;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** `atMost('ack, p99', 12.34, 'ms', 50)` */
export const atMost = (name: string, value: number, unit: string, target: number): Figure => ({
  name,
  value: rounded(value),
  unit,
  target: rounded(target),
  is: '<=',
  ok: value <= target,
});

export const atLeast = (name: string, value: number, unit: string, target: number): Figure => ({
  ...atMost(name, value, unit, target),
  is: '>=',
  ok: value >= target,
});

/** Of these, the one that `share` of them do not exceed: 0.99 for p99. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
};
