import { freshness, isValuedDaily } from '#core/policies/freshness.ts';
import { formatMoney } from '#shared/money.ts';
import { productClassOf } from '#shared/product-class.ts';
import { standingOf, wordsOf, type StatusWords } from '#shared/status.ts';
import type { PolicyReading, PolicySnapshot } from '#portal/portal.ts';
import type { Replayed } from '#portal/recording/replay.ts';
import { nextStep } from './next-step.ts';

/** What was understood of a policy, a line a field, for a person to compare with the page. */
export const describeReading = (
  reading: PolicyReading,
  now: number,
  words: StatusWords = {},
): string[] => {
  if (reading.kind === 'absent')
    return [
      '  The portal says that this login has no such policy.',
      ...reading.closeNumbers.map((number) => `  Close to it   ${number}`),
    ];
  if (reading.kind === 'failure')
    return [
      `  ${reading.reason}${reading.detail === undefined ? '' : `: ${reading.detail}`}`,
      ...(reading.picture === undefined ? [] : [`  Picture       ${reading.picture}`]),
      `  Next: ${nextStep(reading.reason)}`,
    ];
  return describeSnapshot(reading.snapshot, now, words);
};

const describeSnapshot = (snapshot: PolicySnapshot, now: number, words: StatusWords): string[] => {
  const { number, status, productName, values, missing } = snapshot;
  const standing = standingOf(status, wordsOf(words));
  const productClass = productClassOf(productName ?? '', '');
  const pace = isValuedDaily(productClass) ? 'valued every business day' : 'may be a year old';
  const width = Math.max(12, ...values.map(({ name }) => name.length));
  return [
    `  ${'Number'.padEnd(width)}  ${number}`,
    `  ${'Status'.padEnd(width)}  ${status} -> ${standing}${standing === 'review' ? ' (a word that is not known: a person decides)' : ''}`,
    `  ${'Product'.padEnd(width)}  ${productName ?? 'not read'} (by its name: ${productClass}, ${pace})`,
    ...values.map(({ name, amount, asOf }) => {
      const fresh = freshness(asOf, now, productClass);
      const age = fresh.kind === 'stale' ? `stale: ${fresh.expected} was expected` : fresh.kind;
      const date = asOf === undefined ? 'no date shown' : `as of ${asOf}, ${age}`;
      return `  ${name.padEnd(width)}  ${formatMoney(amount)} ${amount.currency}, ${date}`;
    }),
    ...missing.map((name) => `  ${name.padEnd(width)}  named without an amount`),
  ];
};

export const describeReplayed = (
  replayed: Replayed,
  now: number,
  words: StatusWords = {},
): string[] => {
  if ('portalChanged' in replayed) return [`  Not understood: ${replayed.portalChanged}`];
  if ('reading' in replayed) return describeReading(replayed.reading, now, words);
  const { entries, unreadable, total } = replayed.book;
  return [
    `  ${entries.length} policies${total === undefined ? '' : ` of ${total}`}`,
    ...entries.flatMap((entry) => describeSnapshot(entry, now, words)),
    ...unreadable.map(({ row, why }) => `  Row ${row} was not understood: ${why}`),
  ];
};
