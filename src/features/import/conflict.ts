import type { Edit } from '#core/policies/store/edits.ts';

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
