import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';

/** The bot as `npm start` runs it without tokens, in a data folder of its own. */
async function startBot() {
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-start-'));
  const others = Object.entries(process.env).filter(([name]) => !/^SLACK_|^REDIS_URL$/.test(name));
  const env = { ...Object.fromEntries(others), NODE_ENV: 'development', DATA_DIR: dataDir };
  const bot = spawn(process.execPath, ['src/main.ts'], {
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  bot.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitUntil(() => output.includes('Ready'), { timeout: 50_000 });
  return {
    bot,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      if (bot.exitCode === null && bot.signalCode === null) {
        bot.kill('SIGTERM');
        await once(bot, 'exit');
      }
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Running {
  pid: string;
  parent: string;
  state: string;
}

/** From /proc, since a bare machine has no `ps`; and from that where there is no /proc. */
function processes(): Running[] {
  const lines = existsSync('/proc/self/stat')
    ? readdirSync('/proc').filter(isNumber).map(statusOf)
    : execFileSync('ps', ['-A', '-o', 'pid=,stat=,ppid='], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => {
    const [pid = '', state = '', parent = ''] = line.trim().split(/\s+/);
    return { pid, parent, state };
  });
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** The name in brackets may hold spaces. */
function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/s, '');
  } catch {
    return '';
  }
}

const childrenOf = (pid: number | undefined): string[] =>
  processes().flatMap((running) => (running.parent === String(pid) ? [running.pid] : []));

/** A zombie has ended, and waits for somebody to count it. */
const isAlive = (pid: string): boolean =>
  processes().some((running) => running.pid === pid && !running.state.startsWith('Z'));

it('prints the address of the local workspace first, and the workspace answers there', async () => {
  await using started = await startBot();
  const [address] = /http:\S+/.exec(started.output()) ?? [];
  expect(started.output().split('\n')[0]).toContain(address);
  expect((await fetch(address ?? '')).status).toBe(200);
});

it('leaves neither Redis nor worker behind when it is killed', async () => {
  await using started = await startBot();
  const children = childrenOf(started.bot.pid);
  expect(children.length).toBeGreaterThanOrEqual(2);
  started.bot.kill('SIGKILL');
  await vi.waitUntil(() => !children.some(isAlive), { timeout: 20_000 });
});
