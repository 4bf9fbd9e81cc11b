import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Database } from '#database/connection.ts';
import type { DatabasePlace } from '#database/place.ts';
import { exportColumns, exportLines } from '#features/import/store/export.ts';
import { showProgress, toldOf, type Progress } from './progress.ts';
import { countOf } from '#database/tables.ts';
import { withFirm } from './with-firm.ts';

const asJson = (): Transform =>
  new Transform({
    writableObjectMode: true,
    transform: (line: unknown, _encoding, done) => done(null, `${JSON.stringify(line)}\n`),
  });

/** Every policy with its newest values, as CSV or as a JSON object a line. */
export const writePolicies = async (
  db: Database,
  out: Writable,
  format: 'csv' | 'json',
  { end = true, progress }: { end?: boolean; progress?: Progress } = {},
): Promise<void> => {
  const lines =
    format === 'json'
      ? asJson()
      : stringify({ header: true, columns: await exportColumns(db), escape_formulas: true });
  const policies = exportLines(db);
  await pipeline(progress ? toldOf(policies, progress) : policies, lines, out, { end });
};

/** Fewer policies are written in no time. */
const WORTH_A_BAR = 10_000;

/** Writes every policy with its newest values; answers the exit code. */
export const runExport = (
  needs: { config: DatabasePlace; say: (line: string) => void },
  out: Writable,
  format: 'csv' | 'json',
  show = showProgress,
): Promise<0 | 1> =>
  withFirm(needs, async ({ db }) => {
    const total = await countOf(db, 'policy');
    using progress = show({ what: 'exporting', total, worth: WORTH_A_BAR, results: out });
    await writePolicies(db, out, format, { end: false, progress });
    return 0;
  });
