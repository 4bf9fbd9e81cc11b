import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Database } from '#database/connection.ts';
import type { DatabasePlace } from '#database/place.ts';
import { exportColumns, exportLines } from '#features/import/store/export.ts';
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
  { end = true }: { end?: boolean } = {},
): Promise<void> => {
  const lines =
    format === 'json'
      ? asJson()
      : stringify({ header: true, columns: await exportColumns(db), escape_formulas: true });
  await pipeline(exportLines(db), lines, out, { end });
};

/** Writes every policy with its newest values; answers the exit code. */
export const runExport = (
  needs: { config: DatabasePlace; say: (line: string) => void },
  out: Writable,
  format: 'csv' | 'json',
): Promise<0 | 1> =>
  withFirm(needs, async (db) => {
    await writePolicies(db, out, format, { end: false });
    return 0;
  });
