import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { startRedis } from '#setup/redis.ts';
import { startTestRedis } from '#test/support/redis-server.ts';

async function folder(name = 'sync-setup-'): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), name));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

it('keeps its data when it is killed and started again on the same address', async () => {
  await using redis = await startTestRedis();
  await ask(redis.url, (client) => client.set('policy', '0012-3456'));
  await redis.kill();
  await redis.start();
  expect(await ask(redis.url, (client) => client.get('policy'))).toBe('0012-3456');
});

it('forgets everything when it is flushed', async () => {
  await using redis = await startTestRedis();
  await ask(redis.url, (client) => client.set('policy', '0012-3456'));
  await redis.flush();
  expect(await ask(redis.url, (client) => client.dbsize())).toBe(0);
});

it('listens on a free port of this machine when a port is asked for', async () => {
  await using data = await folder();
  await using redis = await startRedis({ dataDir: data.path, port: 0 });
  expect(redis.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  expect(await ask(redis.url, (client) => client.ping())).toBe('PONG');
});

it('takes a shorter socket when the data folder has a long path', async () => {
  await using data = await folder();
  const dataDir = join(data.path, 'a-long-name-'.repeat(10));
  await using redis = await startRedis({ dataDir });
  expect(redis.url.length).toBeLessThan(100);
  expect(await ask(redis.url, (client) => client.ping())).toBe('PONG');
});

it('refuses a data folder that another Redis serves', async () => {
  await using data = await folder();
  await using first = await startRedis({ dataDir: data.path });
  await expect(startRedis({ dataDir: data.path })).rejects.toThrow('already serves');
  expect(await ask(first.url, (client) => client.ping())).toBe('PONG');
});

it('says why it did not start', async () => {
  await using data = await folder();
  const journal = join(data.path, 'redis', 'appendonlydir');
  await mkdir(journal, { recursive: true });
  await writeFile(join(journal, 'appendonly.aof.manifest'), 'not a manifest\n');
  await expect(startRedis({ dataDir: data.path })).rejects.toThrow(/did not start[^]*manifest/);
});

it('dies with its parent, even when that is killed', async () => {
  await using data = await folder();
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { startRedis } = await import('#setup/redis.ts');
       const redis = await startRedis({ dataDir: ${JSON.stringify(data.path)} });
       console.log(redis.pid);
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(output.toString());
  expect(() => process.kill(pid, 0)).not.toThrow();
  parent.kill('SIGKILL');
  await vi.waitUntil(() => !isAlive(pid), { timeout: 20_000 });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
