import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { auditLines, type AuditLine } from '#database/audit-lines.ts';
import { openDatabase } from '#database/connection.ts';
import type { Config } from '#app/config.ts';

const COLUMNS = [
  'at',
  'person',
  'email',
  'action',
  'subject_type',
  'subject',
  'subject_id',
  'detail',
] as const satisfies readonly (keyof AuditLine)[];

/** Names are other people's text: none becomes a formula in whoever's spreadsheet opens it. */
const FORMAT = { header: true, columns: [...COLUMNS], escape_formulas: true };

/** Writes the audit as CSV; answers the exit code. */
export const runAudit = async (
  { config, say }: { config: Pick<Config, 'databaseFile'>; say: (line: string) => void },
  out: Writable,
): Promise<0 | 1> => {
  if (!existsSync(config.databaseFile)) {
    say(`${config.databaseFile}: there is no such database. Set DATA_DIR or DATABASE_FILE.`);
    return 1;
  }
  const db = await openDatabase(config.databaseFile);
  try {
    await pipeline(auditLines(db), stringify(FORMAT), out, { end: false });
    return 0;
  } finally {
    await db.destroy();
  }
};
