import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '#database/connection.ts';
import { HASHES, NOT_WRITTEN } from '#database/erase-firm.ts';
import { rowsOf, tablesOf } from '#database/tables.ts';
import { writeAudit } from '../audit.ts';
import { writePolicies } from '../export.ts';

/** On the disk when it is closed: what it holds is erased from the database after that. */
const PRIVATE = { mode: 0o600, flush: true };

async function* linesOf(
  db: Database,
  table: string,
  count: (rows: number) => void,
): AsyncGenerator<string> {
  for await (const rows of rowsOf(db, table)) {
    count(rows.length);
    for (const row of rows) {
      const shown = Object.entries(row).filter(([name]) => !HASHES.has(name));
      yield `${JSON.stringify(Object.fromEntries(shown))}\n`;
    }
  }
}

const writeTable = async (db: Database, folder: string, table: string): Promise<number> => {
  let rows = 0;
  const lines = linesOf(db, table, (more) => (rows += more));
  const file = createWriteStream(join(folder, `${table}.jsonl`), PRIVATE);
  await pipeline(Readable.from(lines), file);
  return rows;
};

/** Policies as `export` writes them, and every table, a JSON object a row. Done again it writes anew. */
export const writeFirm = async (
  db: Database,
  folder: string,
): Promise<{ tables: number; rows: number }> => {
  await writePolicies(db, createWriteStream(join(folder, 'policies.csv'), PRIVATE), 'csv');
  const tables = join(folder, 'tables');
  mkdirSync(tables, { recursive: true, mode: 0o700 });
  const names = (await tablesOf(db)).filter((name) => !NOT_WRITTEN.has(name));
  let rows = 0;
  for (const name of names) rows += await writeTable(db, tables, name);
  return { tables: names.length, rows };
};

/** The audit to its last line, as `audit` writes it and as its chain can be checked. */
export const writeWholeAudit = async (db: Database, folder: string): Promise<number> => {
  await writeAudit(db, createWriteStream(join(folder, 'audit.csv'), PRIVATE));
  return writeTable(db, join(folder, 'tables'), 'audit');
};
