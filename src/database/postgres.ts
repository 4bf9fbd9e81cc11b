import {
  Kysely,
  PostgresDialect,
  sql,
  type QueryCompiler,
  type Transaction,
  type TransactionBuilder,
} from 'kysely';
import { DatabaseError, Pool, types, type Connection, type ClientBase } from 'pg';
import { postgresMigrations } from '#db/postgres/index.ts';
import type { Database, OnStatement } from './connection.ts';
import { PostgresCompiler } from './dialect.ts';
import { migratePostgres, programOf } from './migrate.ts';
import { passwordAdvice } from './password.ts';
import { whileBusy } from './patience.ts';
import type { Tables } from './schema.ts';
import { Unusable } from './unusable.ts';

/** Type numbers of Postgres, with what the tables' types say of them: numbers, and flags as 0 and 1. */
const READ_AS: Record<number, (text: string) => unknown> = {
  16: (bool) => (bool === 't' ? 1 : 0),
  20: Number,
  1700: Number,
};

const parserOf = ((type, format) =>
  READ_AS[type] ?? types.getTypeParser(type, format)) as typeof types.getTypeParser;

class BothDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new PostgresCompiler();
  }
}

/** Two that wait for each other: Postgres ends one of them, and it begins anew. */
const LONGEST_AGAIN_MS = 5_000;

/**
 * A transaction that lost against another, and wrote nothing, begins anew: what it does is made of
 * statements alone, so it may.
 */
class PatientKysely extends Kysely<Tables> {
  override transaction(): TransactionBuilder<Tables> {
    const builder = super.transaction();
    const execute = builder.execute.bind(builder);
    return Object.assign(builder, {
      execute: <T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> =>
        whileBusy(() => execute(work), LONGEST_AGAIN_MS),
    });
  }
}

const ORDERS = new Set(['C', 'POSIX', 'C.UTF-8', 'C.utf8']);

/** Ids and texts are compared by their bytes here, as SQLite does: an order of pages leans on it. */
const expectByteOrder = async (db: Database): Promise<void> => {
  // Where ICU sorts, the other column says C all the same.
  const { rows } = await sql<{ name: string; collation: string }>`select datname as name,
      case when datlocprovider = 'i' then 'ICU' else datcollate end as collation
      from pg_database where datname = current_database()`.execute(db);
  const [{ name, collation } = { name: '', collation: '' }] = rows;
  if (!ORDERS.has(collation))
    throw new Unusable(
      `The database ${name} sorts text as ${collation} does. Make one that sorts by bytes: create database ${name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
    );
};

/** Whoever set DATABASE_URL for another program does not get our tables among its own. */
const expectOurs = async (db: Database): Promise<void> => {
  const { rows } = await sql<{ name: string; ours: number; table: string | null }>`select
      current_database() as name, to_regclass('kysely_migration') is not null as ours,
      (select min(tablename) from pg_tables where schemaname = current_schema()) as table`.execute(
    db,
  );
  const [{ name, ours, table } = { name: '', ours: 0, table: null }] = rows;
  if (ours === 0 && table !== null)
    throw new Unusable(
      `The database ${name} holds tables of something else, such as ${table}. Name a database of its own in DATABASE_URL.`,
    );
};

/** The server is away, or refuses whoever asks. */
export class Unreached extends Unusable {}

/** Nothing was asked of it yet. */
const reach = async (pool: Pool, url: string): Promise<void> => {
  try {
    (await pool.connect()).release();
  } catch (error) {
    // Of several addresses of a name each has failed by itself, and the whole has no words.
    const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
    const why = one instanceof Error ? one.message : String(one);
    const next = passwordAdvice(why) ?? 'Start it, or correct its address';
    throw new Unreached(`The Postgres at ${new URL(url).host} cannot be used: ${why}. ${next}.`, {
      cause: error,
    });
  }
};

/** How many a process holds at most. */
export const CONNECTIONS = 10;

/** How long is waited for a server, ms. */
export interface Limits {
  /** For a connection: to be made, or to be given back by whoever has one. */
  connectMs: number;
  /** For a statement, which the server then ends. */
  statementMs?: number;
  /** For any answer to one. A host that is gone does not say so, and TCP waits a quarter of an hour. */
  silentMs?: number;
  /** For the next statement of a transaction, which the server then takes back. */
  idleMs: number;
  /** How the server plans what is asked, beside what it has counted. */
  planned?: readonly string[];
}

const CONNECT_MS = 10_000;
/** A host that is gone while it works at a statement is found out some ten seconds after this, ms. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Of who serves: a statement of theirs takes some milliseconds, and one that waits for a lock some seconds.
 * Whoever stands still within a transaction keeps what it has locked for less time than a lease lasts, or
 * the login that another worker reads would be lost with it.
 */
export const SERVING: Limits = {
  connectMs: CONNECT_MS,
  statementMs: 25_000,
  silentMs: 30_000,
  idleMs: 5_000,
  // What is asked walks an index for each row, as SQLite always does. Postgres takes a guess at how many
  // rows there will be, and where it guesses too many reads a whole table of values instead; and what
  // compiling a plan takes is longer than any of them.
  planned: ['enable_hashjoin = off', 'enable_mergejoin = off', 'jit = off'],
};

/**
 * Of a command: what it does takes its time. A laptop that falls asleep in the middle of an import keeps
 * no act of a bot waiting for longer than this.
 */
const COMMAND: Limits = { connectMs: CONNECT_MS, idleMs: 60_000 };

/** Read whole in a moment, however it is planned. */
const SMALL_BYTES = 100_000;

/** This takes as long as the table is large, and lifts the server's limit for itself. */
const LONG = /^vacuum /;

/**
 * The server has ended it, or only reads: after a failover the address may lead to the new one, and this
 * connection never does.
 */
const isOver = ({ severity, code }: DatabaseError): boolean =>
  severity === 'FATAL' || code === '25006';

/**
 * Limits a new connection: the server ends what takes longer, and keeps no lock for whoever died or stands
 * still within a transaction. Where its host stays silent the connection ends as if it had broken, and is not
 * used again. Why one has ended is said to each statement that comes after: the driver says only that it has.
 * The pool waits for what this gives, and its types ask for nothing.
 */
const limit = (
  client: ClientBase,
  { statementMs, silentMs, idleMs, planned = [] }: Limits,
): unknown => {
  let ended: Error | undefined;
  client.on('error', (error) => (ended ??= error));
  const { stream } = (client as ClientBase & { connection: Connection }).connection;
  const silent = (ms: number): void => {
    const error = new Error(`Postgres has not answered for ${ms / 1000} seconds`);
    stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  };
  const ask = client.query.bind(client) as (text: string, values?: unknown[]) => Promise<unknown>;
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    if (ended !== undefined) throw ended;
    if (LONG.test(text)) return ask(text, values);
    const timer = silentMs === undefined ? undefined : setTimeout(silent, silentMs, silentMs);
    try {
      return await ask(text, values);
    } catch (error) {
      if (error instanceof DatabaseError && isOver(error)) {
        ended ??= error;
        stream.destroy();
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  Object.assign(client, { query });
  return query(
    [
      ...(statementMs === undefined ? [] : [`set statement_timeout = ${statementMs}`]),
      `set idle_in_transaction_session_timeout = ${idleMs}`,
      `set tcp_keepalives_idle = ${KEEP_ALIVE_MS / 1000}`,
      `set tcp_keepalives_interval = ${KEEP_ALIVE_MS / 1000}`,
      'set tcp_keepalives_count = 3',
      ...planned.map((setting) => `set ${setting}`),
    ].join('; '),
  );
};

export interface PostgresPlace {
  /** postgres://user:password@host:port/name */
  url: string;
  connections?: number;
  /** A command's unless it says others. */
  limits?: Limits | undefined;
}

/** Opens a Postgres as it is. */
export const connectPostgres = async (
  { url, connections = CONNECTIONS, limits = COMMAND }: PostgresPlace,
  onStatement?: OnStatement,
): Promise<Database> => {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    types: { getTypeParser: parserOf },
    // So that one who brings it up to date knows who else is there, and so does whoever looks.
    application_name: programOf(postgresMigrations),
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    onConnect: (client) => limit(client, limits),
  });
  // One that breaks while nothing uses it is replaced; without a listener it would end the process.
  pool.on('error', () => undefined);
  // So would one that breaks between two statements of a transaction; the next statement fails then.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new PatientKysely({
    dialect: new BothDialect({ pool }),
    log: (event) => onStatement?.(event.query.sql, event.queryDurationMillis),
  });
  try {
    await reach(pool, url);
    await expectByteOrder(db);
    await expectOurs(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
};

/**
 * Postgres plans by what it has counted, and counts by itself a minute after much was written. A firm that
 * was just carried over or restored is served before that, and each read of it would walk whole tables.
 */
const countWhatNobodyCounted = async (db: Database): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select relname as name from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace
      and reltuples < 0 and pg_relation_size(oid) > ${SMALL_BYTES}`.execute(db);
  for (const { name } of rows) await sql`analyze ${sql.table(name)}`.execute(db);
};

/** Opens a Postgres and brings its tables up to date, which takes as long as it takes. */
export const openPostgres = async (
  place: PostgresPlace,
  onStatement?: OnStatement,
): Promise<Database> => {
  const first = await connectPostgres({ url: place.url, connections: 1 });
  try {
    await migratePostgres(first, postgresMigrations);
    await countWhatNobodyCounted(first);
  } finally {
    await first.destroy();
  }
  return connectPostgres(place, onStatement);
};
