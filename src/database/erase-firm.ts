import { sql } from 'kysely';
import { audit, auditEnd } from './audit.ts';
import { forgetAudit } from './audit-lines.ts';
import type { Database } from './connection.ts';
import { wipeDeletions } from './deletions.ts';
import { isPostgres } from './dialect.ts';
import type { Store } from './store.ts';
import { countOf, emptyTable, rewriteFiles, tablesOf } from './tables.ts';

/** Secrets, proofs of who somebody is, and what is made of other tables: none of it is written out. */
export const NOT_WRITTEN = new Set([
  'sealed_secret',
  'remembered_browser',
  'yield_token',
  'policy_report',
  'report_tally',
]);

/** Columns that let in whoever has them. */
export const HASHES = new Set(['token_hash', 'browser_hash', 'pairing_number']);

/** They hold nothing of a firm, and the rest leans on them. */
const STAYS = new Set(['audit_start', 'deletion', 'serving']);

const CHUNK = 500;

/** Every kept password, cookie and address, and every browser that is known; how many secrets. */
export const eraseSecrets = async (store: Store): Promise<number> => {
  const secrets = await emptyTable(store.db, 'sealed_secret');
  await emptyTable(store.db, 'remembered_browser');
  await wipeDeletions(store);
  return secrets;
};

const LEFT = 'firm.offboarded';

/** The last line of a firm's audit, once, and the hash that its chain ends with. */
export const auditLeave = async (
  { db, clock }: Store,
  teamId: string,
  detail: object,
): Promise<string> => {
  const newest = db.selectFrom('audit').select('action').orderBy('seq', 'desc').limit(1);
  if ((await newest.executeTakeFirst())?.action !== LEFT)
    await audit(db, clock(), {
      personId: undefined,
      action: LEFT,
      subject: ['firm', teamId],
      detail: { by: 'operator', ...detail },
    });
  return (await auditEnd(db)).hash;
};

/** Rows of each table that has some and will be emptied. */
export const heldOfFirm = async (db: Database): Promise<ReadonlyMap<string, number>> => {
  const held = new Map<string, number>();
  for (const table of await tablesOf(db)) {
    const rows = STAYS.has(table) ? 0 : await countOf(db, table);
    if (rows > 0) held.set(table, rows);
  }
  return held;
};

type Told = (table: string, rows: number) => void;

/** What refers to rows goes before them. */
const emptyInPieces = async (db: Database, tables: readonly string[], told: Told) => {
  for (const table of tables) told(table, await emptyTable(db, table));
};

/**
 * A Postgres looks for what refers to each deleted row, through all that was deleted before it: the
 * more rows, the longer for each. Nobody else has it open, so all tables are emptied as one.
 */
const emptyAtOnce = async (db: Database, tables: readonly string[], told: Told) => {
  const rows = new Map<string, number>();
  for (const table of tables) rows.set(table, await countOf(db, table));
  await sql`truncate ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db);
  for (const [table, gone] of rows) told(table, gone);
};

/** Takes all rows of a firm away, table after table, and then out of the files. */
export const eraseFirm = async (store: Store, told: Told): Promise<void> => {
  const { db } = store;
  let rows = 0;
  for (let gone = CHUNK; gone === CHUNK; rows += gone)
    gone = await forgetAudit(store, Number.MAX_SAFE_INTEGER, CHUNK);
  told('audit', rows);
  // The audit is empty by now, and refuses to be emptied in any other way.
  const tables = (await tablesOf(db))
    .toReversed()
    .filter((table) => !STAYS.has(table) && table !== 'audit');
  await (isPostgres(db) ? emptyAtOnce(db, tables, told) : emptyInPieces(db, tables, told));
  await rewriteFiles(db);
};
