import { closeNumbers, normalizeNumber } from '#domain/policy-number.ts';
import { standingOf } from '#domain/status.ts';
import type { PolicyReading } from '#sync/portal.ts';
import type { Reading } from './contract.ts';
import { PortalChanged } from './trouble.ts';

/** An application has no values yet and a closed policy none any more; others always show some. */
const mayShowNone = (status: string): boolean =>
  ['pending', 'closed', 'expired'].includes(standingOf(status));

/** What an adapter says it read is believed only for the number that was asked, and in full. Throws PortalChanged. */
export const checkReading = (reading: Reading, number: string): PolicyReading => {
  if (reading.kind === 'absent')
    return { kind: 'absent', closeNumbers: closeNumbers(number, reading.closeNumbers ?? []) };
  const { missing = [], ...snapshot } = reading.snapshot;
  const { values } = snapshot;
  const refuse = (why: string): never => {
    throw new PortalChanged(why);
  };
  if (normalizeNumber(snapshot.number) !== normalizeNumber(number))
    refuse('Another policy came up');
  if (snapshot.status.trim() === '') refuse('The status is empty');
  if (values.length + missing.length === 0 && !mayShowNone(snapshot.status))
    refuse('No value was found');
  if (new Set(values.map((value) => value.name)).size < values.length) refuse('A value is double');
  for (const { amount, asOf } of values)
    if (!Number.isSafeInteger(amount.minor) || !/^\d{4}-\d{2}-\d{2}$/.test(asOf))
      refuse('A value is not in the agreed form');
  return { kind: 'found', snapshot: { ...snapshot, missing } };
};
