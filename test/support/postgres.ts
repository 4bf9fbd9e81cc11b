import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openPostgres } from '#database/postgres.ts';
import { findPostgres, toolEnv } from '#setup/tools.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server of the tests that run on Postgres; there in their project alone. */
    postgres: string;
  }
}

/** A database that is migrated, and is copied for each test. */
export const TEMPLATE = 'sync_template';

const NOBODY = 65_534;
const STARTS_WITHIN_MS = 60_000;

const OURS: readonly [name: string, value: string][] = [
  ['max_connections', '100'],
  ['unix_socket_directories', ''],
  ['listen_addresses', '127.0.0.1'],
];
/** No data outlives the tests: nothing waits for a disk. */
const FLEETING: readonly [name: string, value: string][] = [
  ['fsync', 'off'],
  ['synchronous_commit', 'off'],
  ['full_page_writes', 'off'],
  ['shared_buffers', '32MB'],
  ['deadlock_timeout', '100ms'],
];
/** `lasting` is as Postgres comes, for whoever measures it: what is committed is on the disk. */
const SETTINGS = { fleeting: [...OURS, ...FLEETING], lasting: OURS };

/** How far the clock of the tests is moved, ms: their server tells the same time. */
const MOVED_MS = Number(process.env['MOVED_CLOCK_MS'] ?? 0);
/** Its own function stands before the built-in one, in a schema that no copy of a database holds. */
const PATH = 'public, information_schema, pg_catalog';
const TELLS_MOVED_TIME = `
  create or replace function information_schema.clock_timestamp() returns timestamptz
    language sql volatile
    as 'select pg_catalog.clock_timestamp() + make_interval(secs => ${MOVED_MS / 1000})'`;

const moveClock = async (url: string): Promise<void> => {
  const ask = async (database: string, ...statements: string[]): Promise<void> => {
    const client = new Client(url + database);
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await ask('postgres', TELLS_MOVED_TIME, 'alter database template0 allow_connections true');
  for (const template of ['template0', 'template1']) await ask(template, TELLS_MOVED_TIME);
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
};

/** It refuses to run as root. */
export const asWhom = (): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const answers = async (url: string, ended: () => boolean): Promise<boolean> => {
  const patience = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < patience && !ended()) {
    const client = new Client(url);
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await delay(50);
    }
  }
  return false;
};

/** Also where the run is killed; SIGINT ends it at once, whoever is connected. */
const endsWithUs = (program: string, args: string[]): [string, string[]] =>
  existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', ['--pdeathsig', 'INT', program, ...args]]
    : [program, args];

interface PostgresServer extends AsyncDisposable {
  /** postgres://…/ without the name of a database. */
  url: string;
  /** Where its data is; whoever it runs as may write beside it. */
  data: string;
  pid: number;
}

/**
 * A server of our own on 127.0.0.1, that ends with this process: with a folder of its own, or from
 * the one of another server.
 */
export const startPostgres = async (
  from?: string,
  settings: keyof typeof SETTINGS = 'fleeting',
): Promise<PostgresServer> => {
  const tool = findPostgres(process.env);
  if (tool === undefined)
    throw new Error(
      'Postgres is missing. Install it: apt install postgresql, or brew install postgresql@17.',
    );
  const env = { ...toolEnv(tool, process.env), LC_ALL: 'C' };
  const folder = await mkdtemp(join(tmpdir(), 'sync-postgres-'));
  const who = asWhom();
  if (who.uid !== undefined) chownSync(folder, NOBODY, NOBODY);
  const data = from ?? join(folder, 'data');
  if (from === undefined) {
    const made = spawnSync(
      join(dirname(tool.path), 'initdb'),
      [
        ['-D', data, '-U', 'sync', '--auth=trust', '--no-sync', '--no-instructions'],
        ['--encoding=UTF8', '--locale=C'],
      ].flat(),
      { ...who, env, cwd: folder, encoding: 'utf8' },
    );
    if (made.status !== 0)
      throw new Error(`Postgres made no folder: ${made.error?.message ?? ''}${made.stderr ?? ''}`);
  }

  const port = await freePort();
  const url = `postgres://sync@127.0.0.1:${port}/`;
  const moved: typeof OURS = MOVED_MS === 0 ? [] : [['search_path', PATH]];
  const orders = [...SETTINGS[settings], ...moved].flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const [program, args] = endsWithUs(tool.path, ['-D', data, '-p', String(port), ...orders]);
  const server = spawn(program, args, {
    ...who,
    env,
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  const ended = new Promise<void>((done) => {
    server.once('exit', () => done());
    server.once('error', () => done());
  });
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  const killNow = (): void => void server.kill('SIGINT');
  process.once('exit', killNow);
  const stop = async (): Promise<void> => {
    process.off('exit', killNow);
    // At once, whoever is connected still.
    server.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  if (!(await answers(`${url}postgres`, () => hasEnded))) {
    await stop();
    throw new Error(`Postgres did not start:\n${said}`);
  }
  if (MOVED_MS !== 0) await moveClock(url);
  return { url, data, pid: server.pid ?? 0, [Symbol.asyncDispose]: stop };
};

/** One with the template that each database is copied from. */
export const startPostgresWithTables = async (): Promise<PostgresServer> => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startPostgres());
  const { url } = server;
  const client = new Client(`${url}postgres`);
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const db = await openPostgres({ url: url + TEMPLATE, connections: 1 });
  await db.destroy();
  const owned = stack.move();
  return { ...server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

/** One server for the run. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startPostgresWithTables();
  project.provide('postgres', server.url);
  return async () => server[Symbol.asyncDispose]();
};
