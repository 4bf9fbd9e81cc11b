import BetterSqlite from 'better-sqlite3';
import {
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  sql,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
} from 'kysely';
import { LRUCache } from 'lru-cache';
import { migrations } from '#db/migrations/index.ts';
import { migrateFile } from './migrate.ts';
import { whileBusy } from './patience.ts';
import { makePrivateDatabase } from './private-files.ts';
import type { Tables } from './schema.ts';
import { Turns } from './turns.ts';

export type Database = Kysely<Tables>;

/** How long a statement blocks the process while another one writes; usual writes end within it, ms. */
const BLOCKS_MS = 20;
/** A backup, or a person with a shell, may hold the file for seconds. */
const WAITS_MS = 12_000;

const TRIED_ONCE = new WeakSet<CompiledQuery>();

/** A query whose caller waits for a busy file by itself, and keeps nobody else of this process waiting. */
export const triedOnce = <R>(query: CompiledQuery<R>): CompiledQuery<R> => {
  TRIED_ONCE.add(query);
  return query;
};

/**
 * Waits for another process that writes without blocking this one: what is acknowledged meanwhile, or
 * renewed, goes on. A statement that found the file busy has done nothing.
 */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const patience = TRIED_ONCE.has(query) ? 0 : WAITS_MS;
    return whileBusy(() => this.#connection.executeQuery<R>(query), patience);
  }

  streamQuery<R>(query: CompiledQuery, size: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#connection.streamQuery<R>(query, size);
  }
}

/**
 * SQLite serves several processes here. A transaction that reads first and writes later must hold
 * the write lock from its start: upgrading fails with SQLITE_BUSY in spite of any time-out.
 * What has arrived meanwhile gets in between two statements, and not within a transaction, which
 * keeps other processes waiting.
 */
class ImmediateDriver extends SqliteDriver {
  #patient: DatabaseConnection | undefined;
  readonly #turns = new Turns();

  override async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.mine();
    this.#patient ??= new PatientConnection(await super.acquireConnection());
    return this.#patient;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(sql`begin immediate`.compile(compiler));
  }
}

/** Migrations run in one transaction: a kill in between leaves no half of one, and others wait for it. */
class WholeAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #open: () => BetterSqlite.Database;

  constructor(open: () => BetterSqlite.Database) {
    super({ database: () => Promise.resolve(open()) });
    this.#open = open;
  }

  override createAdapter(): SqliteAdapter {
    return new WholeAdapter();
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: () => Promise.resolve(this.#open()) });
  }
}

const compiler = new Kysely<Tables>({
  dialect: new SqliteDialect({ database: new BetterSqlite(':memory:') }),
});

const STATEMENTS_KEPT = 500;

/**
 * The driver prepares each query anew, and SQLite then compiles the triggers of a written table with
 * it: more than the write itself costs. A prepared statement is used again by its text.
 */
const rememberStatements = (connection: BetterSqlite.Database): void => {
  const prepare = connection.prepare.bind(connection) as (text: string) => BetterSqlite.Statement;
  const known = new LRUCache<string, BetterSqlite.Statement>({ max: STATEMENTS_KEPT });
  const remembered = (text: string): BetterSqlite.Statement => {
    const found = known.get(text);
    // One that is being read row by row belongs to its reader.
    if (found !== undefined && !found.busy) return found;
    const prepared = prepare(text);
    known.set(text, prepared);
    return prepared;
  };
  Object.assign(connection, { prepare: remembered });
};

/** Told of each statement that has run: its text, which holds no values, and its time in ms. */
export type OnStatement = (text: string, ms: number) => void;

/** While a statement runs nothing else of the process does: no ack, no renewal of a lock. */
const SLOW_MS = 50;

/** Tells of statements that took too long, with how many there have been. */
export const slowStatements = (
  tell: (slow: { text: string; ms: number; count: number }) => void,
): OnStatement => {
  let count = 0;
  return (text, ms) => {
    if (ms <= SLOW_MS) return;
    count += 1;
    tell({ text, ms: Math.round(ms), count });
  };
};

/** Opens (or makes) the SQLite file as it is; the bytes of one are opened in memory. */
export const connectDatabase = (file: string | Buffer, onStatement?: OnStatement): Database =>
  new Kysely<Tables>({
    dialect: new ImmediateDialect(() => {
      if (typeof file === 'string' && file !== ':memory:') makePrivateDatabase(file);
      const connection = new BetterSqlite(file, { timeout: BLOCKS_MS });
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = NORMAL');
      connection.pragma('foreign_keys = ON');
      // What is deleted is overwritten: a sealed password must not stay in a free page.
      connection.pragma('secure_delete = ON');
      // In KiB: a claim walks pages of a dozen tables and indexes, and 2 MiB hold none of them for long.
      connection.pragma('cache_size = -32768');
      rememberStatements(connection);
      return connection;
    }),
    log: (event) => onStatement?.(event.query.sql, event.queryDurationMillis),
  });

/** Opens (or makes) the SQLite file and brings its tables up to date. */
export const openDatabase = async (file: string, onStatement?: OnStatement): Promise<Database> => {
  let ready = false;
  const db = connectDatabase(file, (text, ms) => {
    if (ready) onStatement?.(text, ms);
  });
  try {
    await migrateFile(db, migrations);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  ready = true;
  return db;
};
