import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findRedis, toolEnv } from './tools.mjs';

/** A Redis of our own: a child that answers only on this machine and ends with this process. */
export interface RedisServer extends AsyncDisposable {
  /** The socket's path, or `redis://127.0.0.1:port`; ioredis takes either as its first argument. */
  url: string;
  /** The same address as ioredis and BullMQ options. */
  connection: { path: string } | { host: string; port: number };
  pid: number;
  /** Resolves when it ends by itself or by `stop`. */
  ended: Promise<void>;
  /** Lets it write its data and waits for its end. */
  stop: () => Promise<void>;
}

export interface RedisPlace {
  /** Holds the append-only file, in a folder `redis` of its own. */
  dataDir: string;
  /** Asks for TCP on 127.0.0.1; 0 takes a free port. Without it, a Unix socket (1.7 times as fast). */
  port?: number;
  env?: NodeJS.ProcessEnv;
}

const STARTS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 5_000;
/** What is acknowledged survives a crash of Redis, and a queue's data may never be evicted. */
const STANDING_ORDERS = [
  ['--appendonly', 'yes'],
  ['--save', ''],
  ['--daemonize', 'no'],
  ['--loglevel', 'warning'],
  ['--maxmemory-policy', 'noeviction'],
].flat();
/** A Unix socket's path holds 108 bytes on Linux and 104 on macOS. */
const LONGEST_SOCKET = 100;

/**
 * Throws with the server's last lines when it does not answer, and when another Redis already
 * serves this data folder: two would write one file.
 */
export async function startRedis({
  dataDir,
  port,
  env = process.env,
}: RedisPlace): Promise<RedisServer> {
  const tool = findRedis(env);
  if (tool === undefined) {
    throw new Error('No redis-server found: install redis, or set REDIS_URL to one that runs.');
  }
  const folder = resolve(dataDir, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const connection = await addressFor(folder, port);
  await waitUntilFree(connection, folder);

  const listen =
    'path' in connection
      ? ['--port', '0', '--unixsocketperm', '700', '--unixsocket', connection.path]
      : ['--port', String(connection.port), '--bind', connection.host];
  const [command, args] = diesWithParent(tool.path, [
    ...listen,
    '--dir',
    folder,
    ...STANDING_ORDERS,
  ]);
  const child = spawn(command, args, {
    env: toolEnv(tool, env),
    // Out of the terminal's process group: Ctrl-C is for its parent, which drains first.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = lastLines(child);
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', (error) => {
      lines.push(error.message);
      done();
    });
  });
  const killNow = (): void => void child.kill('SIGTERM');
  process.once('exit', killNow);
  void ended.then(() => process.off('exit', killNow));

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(late);
  };

  const answered = await Promise.race([answers(connection), ended.then(() => false)]);
  if (!answered || child.pid === undefined) {
    await stop();
    throw new Error(`Redis did not start in ${folder}:\n${lines.join('\n')}`);
  }
  const url =
    'path' in connection ? connection.path : `redis://${connection.host}:${connection.port}`;
  return { url, connection, pid: child.pid, ended, stop, [Symbol.asyncDispose]: stop };
}

/** Asks the kernel to end the child with its parent, however that ends; elsewhere our exit hook must do. */
export function diesWithParent(program: string, args: string[]): [string, string[]] {
  const setpriv = (process.env['PATH'] ?? '')
    .split(delimiter)
    .concat('/usr/bin')
    .map((folder) => join(folder, 'setpriv'))
    .find((path) => existsSync(path));
  return process.platform === 'linux' && setpriv !== undefined
    ? [setpriv, ['--pdeathsig', 'TERM', program, ...args]]
    : [program, args];
}

async function addressFor(
  folder: string,
  port: number | undefined,
): Promise<RedisServer['connection']> {
  if (port !== undefined || process.platform === 'win32') {
    return { host: '127.0.0.1', port: port || (await freePort()) };
  }
  const path = join(folder, 'redis.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET) return { path };
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return { path: join(tmpdir(), `redis-${name}.sock`) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** The Redis of a parent that was just killed needs a moment to go. */
async function waitUntilFree(connection: RedisServer['connection'], folder: string): Promise<void> {
  const patience = Date.now() + STOPS_WITHIN_MS;
  while ((await ping(connection)) !== undefined) {
    if (Date.now() > patience) {
      throw new Error(`A Redis already serves ${folder}: is the bot running there a second time?`);
    }
    await delay(50);
  }
}

async function answers(connection: RedisServer['connection']): Promise<boolean> {
  const patience = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < patience) {
    // While it loads its data it answers -LOADING.
    if ((await ping(connection))?.startsWith('+PONG') === true) return true;
    await delay(10);
  }
  return false;
}

/** Its reply to PING; undefined when nobody listens. */
function ping(connection: RedisServer['connection']): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect(connection);
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      done(reply.toString());
      socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => done(undefined));
  });
}

function lastLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      lines.push(...chunk.toString().split('\n').filter(Boolean));
      lines.splice(0, lines.length - 20);
    });
  }
  return lines;
}
