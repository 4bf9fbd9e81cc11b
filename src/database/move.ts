import { createHash } from 'node:crypto';
import BetterSqlite from 'better-sqlite3';
import { sql, type Transaction } from 'kysely';
import type { Database } from './connection.ts';
import type { Tables } from './schema.ts';
import { beginMove, endMove, markMoved, wasMovedTo } from './serving.ts';
import { tablesOf, type Row } from './tables.ts';

/** The move was not made, or not to its end: the message says why, and what to do. */
export class MoveError extends Error {}

export interface MovedTable {
  table: string;
  rows: number;
  /** It was there already, from a move that broke off. */
  was: 'carried' | 'there';
}

/** Rows that are read, or written, at once. */
const CHUNK = 2000;
/** Who serves is written at the end of a move, by itself. */
const BY_ITSELF = 'serving';

/** What a table holds: the same on both, in whichever order its rows come. */
interface Sum {
  rows: number;
  hash: bigint;
}

const MODULUS = 1n << 128n;

const add = (sum: Sum, row: Row): void => {
  const fields = Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
  sum.rows += 1;
  sum.hash = (sum.hash + BigInt(`0x${digest.slice(0, 32)}`)) % MODULUS;
};

const isSame = (a: Sum, b: Sum): boolean => a.rows === b.rows && a.hash === b.hash;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function* rowsHere(from: BetterSqlite.Database, table: string): Generator<Row[]> {
  let chunk: Row[] = [];
  for (const row of from.prepare(`select * from ${quoted(table)}`).iterate()) {
    chunk.push(row as Row);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

const sumHere = (from: BetterSqlite.Database, table: string): Sum => {
  const sum: Sum = { rows: 0, hash: 0n };
  for (const chunk of rowsHere(from, table)) for (const row of chunk) add(sum, row);
  return sum;
};

const sumThere = async (trx: Transaction<Tables>, table: string): Promise<Sum> => {
  const sum: Sum = { rows: 0, hash: 0n };
  await sql`declare all_rows cursor for select * from ${sql.table(table)}`.execute(trx);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(CHUNK)} from all_rows`.execute(trx);
    for (const row of rows) add(sum, row);
    if (rows.length < CHUNK) break;
  }
  await sql`close all_rows`.execute(trx);
  return sum;
};

/** What the triggers would do was done where the rows come from. */
const untriggered = async (
  trx: Transaction<Tables>,
  table: string,
  work: () => Promise<void>,
): Promise<void> => {
  await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
  await work();
  await sql`alter table ${sql.table(table)} enable trigger user`.execute(trx);
};

const carry = (from: BetterSqlite.Database, to: Database, table: string): Promise<Sum> =>
  to.transaction().execute(async (trx) => {
    const read: Sum = { rows: 0, hash: 0n };
    await untriggered(trx, table, async () => {
      await sql`delete from ${sql.table(table)}`.execute(trx);
      for (const chunk of rowsHere(from, table)) {
        for (const row of chunk) add(read, row);
        await sql`insert into ${sql.table(table)} select * from
          json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(chunk)})`.execute(
          trx,
        );
      }
    });
    if (!isSame(read, await sumThere(trx, table)))
      throw new MoveError(
        `${table} is not there as it was read. Nothing of it was kept: run the same again, and look at the server's log if it stays so.`,
      );
    return read;
  });

const clear = (to: Database, table: string): Promise<void> =>
  to.transaction().execute((trx) =>
    untriggered(trx, table, async () => {
      await sql`delete from ${sql.table(table)}`.execute(trx);
    }),
  );

/** What counts rows on the server goes on after those that came. */
const setCounters = async (to: Database): Promise<void> => {
  await sql`select setval(pg_get_serial_sequence('policy_report', 'row'),
    coalesce((select max("row") from policy_report), 0) + 1, false)`.execute(to);
  await sql`select setval('webhook_event_order', coalesce((select
    max(('x' || substr(id, 5, 16))::bit(64)::bigint) from webhook_event), 0) + 1, false)`.execute(
    to,
  );
};

/**
 * Carries all rows of a SQLite file into an empty Postgres, a table a transaction, and compares each by
 * number and hash. One that broke off is repeated with the same words: what is there, and is the same
 * still, stays. The file is held meanwhile, so that nobody writes to it, and left as it was but for the
 * mark that it moved, which keeps a bot from serving it. The mark is on the disk before a bot may serve
 * the other, so at no moment both are served. Its tables are up to date, and nobody has it open.
 */
export const moveTo = async (
  file: string,
  to: Database,
  target: string,
  told: (moved: MovedTable) => void,
): Promise<void> => {
  const from = new BetterSqlite(file, { fileMustExist: true, timeout: 2000 });
  try {
    // What is committed survives a power cut.
    from.pragma('synchronous = FULL');
    from.exec('begin immediate');
    const moved = wasMovedTo(from);
    if (moved !== undefined && moved !== target)
      throw new MoveError(`${file} moved to ${moved} already.`);
    const begun = await beginMove(to);
    if (moved !== undefined && begun !== 'goes-on')
      throw new MoveError(`${file} moved to ${moved} already.`);
    if (begun === 'taken')
      throw new MoveError(`${target} holds a firm already. Name an empty database.`);
    const tables = (await tablesOf(to)).filter((name) => name !== BY_ITSELF);
    let next = 0;
    for (; next < tables.length; next += 1) {
      const table = tables[next] ?? '';
      const here = sumHere(from, table);
      const there = await to.transaction().execute((trx) => sumThere(trx, table));
      if (!isSame(here, there)) break;
      if (here.rows > 0) told({ table, rows: here.rows, was: 'there' });
    }
    // What refers to rows goes before them.
    for (const table of tables.slice(next).toReversed()) await clear(to, table);
    for (const table of tables.slice(next)) {
      const { rows } = await carry(from, to, table);
      told({ table, rows, was: 'carried' });
    }
    await setCounters(to);
    const serving = markMoved(from, target);
    from.exec('commit');
    await endMove(to, serving);
  } finally {
    // What is not committed was not written.
    from.close();
  }
};
