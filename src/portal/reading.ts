import { isDay } from '#shared/calendar.ts';
import { closeNumbers, normalizeNumber } from '#shared/policy-number.ts';
import { standingOf, wordsOf, type StatusWords, type TaughtWords } from '#shared/status.ts';
import type { PolicyReading, PolicySnapshot } from './portal.ts';
import type { Carrier, Reading, Snapshot } from './contract.ts';
import { shape } from './kit/money.ts';
import { PortalChanged } from './failure.ts';

/** An application has no values yet and a closed policy none any more; others always show some. */
const mayShowNone = (
  status: string,
  words: StatusWords = {},
  taught: TaughtWords = new Map(),
): boolean =>
  ['pending', 'closed', 'expired'].includes(
    standingOf(status, new Map([...wordsOf(words), ...taught])),
  );

/** What of a carrier decides whether its readings are believed. */
export type Vocabulary = Pick<Carrier, 'valueNames' | 'statusWords'>;

/** ISO 4217, without which no amount can be written out. */
const isCurrency = (text: string): boolean => /^[A-Z]{3}$/.test(text);

/** In place of a day, from a portal that shows none. */
const NO_DATE = 'unknown';

/**
 * What an adapter says it read of one policy is believed only in full. What the firm `taught` of the
 * carrier's words comes before what the adapter says of them. Throws PortalChanged.
 */
export const checkSnapshot = (
  { missing = [], ...snapshot }: Snapshot,
  { valueNames: names, statusWords }: Vocabulary = {},
  taught?: TaughtWords,
): PolicySnapshot => {
  const { values } = snapshot;
  const refuse = (why: string): never => {
    throw new PortalChanged(why);
  };
  if (snapshot.status.trim() === '') refuse('The status is empty');
  if (snapshot.productName?.trim() === '') refuse('The name of the product is empty');
  const said = [...values.map(({ name }) => name), ...missing];
  const unknown = said.find((name) => names?.includes(name) === false);
  if (unknown !== undefined)
    refuse(`A value is called "${shape(unknown)}", which the carrier does not know`);
  if (values.length + missing.length === 0 && !mayShowNone(snapshot.status, statusWords, taught))
    refuse('No value was found');
  if (said.some((name) => name.trim() === '')) refuse('A value has no name');
  if (new Set(said).size < said.length) refuse('A value is double');
  const believed = values.map(({ asOf, ...value }) => {
    const { minor, currency } = value.amount;
    const isUndated = asOf === NO_DATE;
    if (!Number.isSafeInteger(minor) || !isCurrency(currency) || !(isUndated || isDay(asOf)))
      refuse('A value is not in the agreed form');
    return isUndated ? value : { ...value, asOf };
  });
  return { ...snapshot, values: believed, missing };
};

/** The same of a single read, and only for the number that was asked. Throws PortalChanged. */
export const checkReading = (
  reading: Reading,
  number: string,
  vocabulary: Vocabulary = {},
  taught?: TaughtWords,
): PolicyReading => {
  if (reading.kind === 'absent')
    return { kind: 'absent', closeNumbers: closeNumbers(number, reading.closeNumbers ?? []) };
  if (normalizeNumber(reading.snapshot.number) !== normalizeNumber(number))
    throw new PortalChanged('Another policy came up');
  return { kind: 'found', snapshot: checkSnapshot(reading.snapshot, vocabulary, taught) };
};
