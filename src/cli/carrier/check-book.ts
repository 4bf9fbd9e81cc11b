import { isDeepStrictEqual } from 'node:util';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { PolicyReading, PolicySnapshot, PortalSession } from '#portal/portal.ts';
import type { Terminal } from '../terminal.ts';
import { describeReading } from './understood.ts';

/** Lists the whole book at the portal; answers whether all of it was understood, as policies read alone are. */
export const checkBook = async (
  terminal: Terminal,
  session: PortalSession,
  alone: readonly PolicyReading[],
): Promise<boolean> => {
  terminal.print('The whole book');
  const entries: PolicySnapshot[] = [];
  let good = true;
  let screens = 0;
  let total: number | undefined;
  for await (const screen of session.readBook?.() ?? []) {
    if (screen.kind === 'failure') {
      for (const line of describeReading(screen, Date.now())) terminal.print(line);
      good = false;
      continue;
    }
    screens += 1;
    entries.push(...screen.entries);
    total = screen.total ?? total;
    for (const { row, why } of screen.unreadable)
      terminal.print(`  Row ${row} of screen ${screens} was not understood: ${why}`);
    if (screen.unreadable.length > 0) good = false;
  }
  terminal.print(
    `  ${entries.length} ${entries.length === 1 ? 'policy' : 'policies'} on ${screens} ${screens === 1 ? 'screen' : 'screens'}${total === undefined ? '; the portal does not say how many there are' : `, of ${total}`}`,
  );
  for (const reading of alone) {
    if (reading.kind !== 'found') continue;
    const differing = differencesOf(reading.snapshot, entries);
    terminal.print(
      `  ${reading.snapshot.number}  ${differing.length === 0 ? 'as it is read alone' : `otherwise than read alone: ${differing.join(', ')}`}`,
    );
    if (differing.length > 0) good = false;
  }
  return good;
};

/** What a list says otherwise; what it names without an amount, it says nothing of. */
const differencesOf = (alone: PolicySnapshot, entries: readonly PolicySnapshot[]): string[] => {
  const wanted = normalizeNumber(alone.number);
  const listed = entries.find(({ number }) => normalizeNumber(number) === wanted);
  if (listed === undefined) return ['it is not listed'];
  return [
    ...(listed.status === alone.status ? [] : ['Status']),
    ...listed.values.flatMap((value) => {
      const same = alone.values.find(({ name }) => name === value.name);
      return isDeepStrictEqual(same, value) ? [] : [value.name];
    }),
  ];
};
