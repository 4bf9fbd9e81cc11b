import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY } from '#shared/clock.ts';

/** How long masked pictures and traces are kept. */
export const EVIDENCE_DAYS = 3;

/** Sorts by time, and leads out of no folder. */
export const nameOfEvidence = (now: number, name: string): string =>
  `${new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${name}`;

/** Removes what is older than that, by the time in its name. */
export const removeOldEvidence = async (folder: string, now: number): Promise<void> => {
  const oldest = nameOfEvidence(now - EVIDENCE_DAYS * DAY, '');
  for (const file of await filesIn(folder))
    if (/^\d{14}-.*\.(png|txt)$/.test(file) && file < oldest)
      await rm(join(folder, file), { force: true });
};

/** None where no failure has made the folder yet. */
const filesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
