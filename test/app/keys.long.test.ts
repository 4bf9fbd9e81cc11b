import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { readPrivateKeys } from '#database/keys.ts';

const PIECE = 1 << 24;

/** How often this stands in what a process may write of its memory. */
const inMemoryOf = (pid: number, text: string): number => {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const bytes = Buffer.alloc(PIECE);
  let count = 0;
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, from = '0', to = '0', rights = ''] = /^(\w+)-(\w+) (\S+)/.exec(line) ?? [];
    if (!rights.startsWith('rw')) continue;
    const end = Number.parseInt(to, 16);
    for (let at = Number.parseInt(from, 16); at < end; at += PIECE) {
      try {
        const read = readSync(memory, bytes, 0, Math.min(PIECE, end - at), at);
        count += bytes.subarray(0, read).toString('latin1').split(text).length - 1;
      } catch {
        // A stretch that nothing lies behind.
      }
    }
  }
  closeSync(memory);
  return count;
};

it.runIf(existsSync('/proc/self/mem'))(
  'the process of the bot never holds the private key, at the first start either',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const others = Object.entries(process.env).filter(
      ([name]) => !/^SLACK_|^REDIS_URL$/.test(name),
    );
    const bot = spawn(process.execPath, ['src/main.ts'], {
      env: { ...Object.fromEntries(others), DATA_DIR: folder, PORT: '0', NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      let said = '';
      bot.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await vi.waitUntil(() => said.includes('Ready'), { timeout: 50_000 });
      const keys = join(folder, 'local', 'keys');
      const [key] = readPrivateKeys(keys);
      expect(inMemoryOf(bot.pid ?? 0, key?.publicKey ?? '')).toBeGreaterThan(0);
      expect(inMemoryOf(bot.pid ?? 0, key?.privateKey.reveal() ?? '')).toBe(0);
    } finally {
      bot.kill('SIGTERM');
      await once(bot, 'exit');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);
