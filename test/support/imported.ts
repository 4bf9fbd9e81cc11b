import type { Database } from '#database/connection.ts';
import { importFirm, type ImportDeps } from '#features/import/import.ts';
import { describeProblem } from '#features/import/problem.ts';
import { createImportStore } from '#features/import/store/import.ts';

/** Files by name, one piece each, as small ones are read. */
export const csvFiles = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([name, content]) => ({
    name,
    open: async function* () {
      yield Buffer.from(content);
    },
  }));

/** Imports these files: what was said of their lines, and what was counted of each. */
export const imported = async (
  db: Database,
  files: Readonly<Record<string, string>>,
  {
    now,
    crmWins = false,
    ...how
  }: { now: () => number; crmWins?: boolean | undefined } & Omit<ImportDeps, 'store'>,
) => {
  const said: string[] = [];
  const counts = await importFirm(
    { ...how, store: createImportStore(db, { now, crmWins }) },
    csvFiles(files),
    (problem) => said.push(describeProblem(problem)),
  );
  return { said, counts };
};
