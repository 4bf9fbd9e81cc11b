import { existsSync } from 'node:fs';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { openDatabase } from '#database/connection.ts';
import { exportColumns, exportLines } from '#features/import/store/export.ts';
import type { Config } from '#app/config.ts';

const asJson = (): Transform =>
  new Transform({
    writableObjectMode: true,
    transform: (line: unknown, _encoding, done) => done(null, `${JSON.stringify(line)}\n`),
  });

/** Writes every policy with its newest values, as CSV or as a JSON object a line; the exit code. */
export const runExport = async (
  { config, say }: { config: Pick<Config, 'databaseFile'>; say: (line: string) => void },
  out: Writable,
  format: 'csv' | 'json',
): Promise<0 | 1> => {
  if (!existsSync(config.databaseFile)) {
    say(`${config.databaseFile}: there is no such database. Set DATA_DIR or DATABASE_FILE.`);
    return 1;
  }
  const db = await openDatabase(config.databaseFile);
  try {
    const lines =
      format === 'json'
        ? asJson()
        : stringify({ header: true, columns: await exportColumns(db), escape_formulas: true });
    await pipeline(exportLines(db), lines, out, { end: false });
    return 0;
  } finally {
    await db.destroy();
  }
};
