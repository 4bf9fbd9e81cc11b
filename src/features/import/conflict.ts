import type { Edit } from '#database/edits.ts';
import type { Fault } from './problem.ts';

/** `kept`: the file says something older, which does not go in. `settled`: the edit has served. */
export type Settled = { value: string; kept: boolean; settled: boolean };

/**
 * Which of two values stands. A file without times is older than a change made here: the CRM had
 * its say before it. `fileAt` is when the CRM changed the line, epoch ms.
 */
export const settle = (
  file: string,
  here: string,
  edit: Edit | undefined,
  { fileAt, crmWins }: { fileAt: number | null; crmWins: boolean },
): Settled => {
  if (edit === undefined || file === here) return { value: file, kept: false, settled: true };
  if (crmWins || (fileAt !== null && fileAt > edit.at))
    return { value: file, kept: false, settled: true };
  return { value: here, kept: true, settled: false };
};

export const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What is told of a line against which a change made here stands. */
export const keptEdit = (column: string, file: string, here: string, edit: Edit): Fault => ({
  column,
  value: file,
  wrong: `${edit.by} changed it to ${JSON.stringify(here)} here on ${day(edit.at)}, which stands`,
  todo: 'Change it in the CRM too, or import with --crm-wins.',
});
