import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `src/main.ts` as `npm start` runs it without tokens. */
export const runMain = (
  dataDir: string,
  words: readonly string[] = [],
  own: Record<string, string> = {},
) => {
  const others = Object.entries(process.env).filter(([name]) => !/^SLACK_|^REDIS_URL$/.test(name));
  const env = { ...Object.fromEntries(others), NODE_ENV: 'development', DATA_DIR: dataDir };
  const bot = spawn(process.execPath, ['src/main.ts', ...words], {
    env: { ...env, PORT: '0', ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  for (const stream of [bot.stdout, bot.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready')) resolve();
    });
  const ended = once(bot, 'close') as Promise<[code: number | null]>;
  return {
    bot,
    output: () => output,
    /** Resolves when it says that it is ready. */
    ready,
    /** Its exit code. */
    ended: ended.then(([code]) => code),
  };
};

export type Running = ReturnType<typeof runMain>;

/** Runs it until it says that it is ready; a folder of its own goes with it. */
export const startMain = async ({ folder = 'data', words = [] as string[] } = {}) => {
  const home = await mkdtemp(join(tmpdir(), 'sync-start-'));
  const dataDir = join(home, folder);
  await mkdir(dataDir);
  const running = runMain(dataDir, words);
  const isOver = (): boolean => running.bot.exitCode !== null;
  await Promise.race([running.ready, running.ended]);
  if (isOver()) throw new Error(`It ended at its start:\n${running.output()}`);
  return {
    ...running,
    dataDir,
    /** The local workspace. */
    url: /http:\S+/.exec(running.output())?.[0] ?? '',
    [Symbol.asyncDispose]: async () => {
      if (!isOver() && running.bot.signalCode === null) running.bot.kill('SIGTERM');
      await running.ended;
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

export type Started = Awaited<ReturnType<typeof startMain>>;
