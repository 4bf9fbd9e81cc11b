import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '#setup/redis.ts';

/** A real Redis with a folder of its own, which a test may stop, kill, start again and empty. */
export interface TestRedis extends AsyncDisposable {
  /** Stays the same when it is started again. */
  url: string;
  connection: RedisServer['connection'];
  pid: () => number;
  /** Ends it as an operator would; its data stays. */
  stop: () => Promise<void>;
  /** Ends it as a power cut would. */
  kill: () => Promise<void>;
  /** Starts it again on the same address with the data it had. */
  start: () => Promise<void>;
  /** Forgets everything, as when somebody empties it. */
  flush: () => Promise<void>;
}

export async function startTestRedis(): Promise<TestRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-redis-'));
  let server = await startRedis({ dataDir });
  const { url, connection } = server;
  return {
    url,
    connection,
    pid: () => server.pid,
    stop: () => server.stop(),
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
    },
    start: async () => {
      server = await startRedis({ dataDir });
    },
    flush: async () => {
      const redis = new Redis(url);
      await redis.flushall();
      await redis.quit();
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
