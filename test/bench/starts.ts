import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf, processesOf } from '#test/support/processes.ts';
import { runMain } from '#test/support/started-bot.ts';
import { atMost, type Figure } from './figure.ts';

/** After its start a process has nothing to do; what it needed for starting is given back by then. */
const REST_MS = 15_000;

/** Everything of one machine: from the start to Ready, at rest, and again after it was killed. */
export const measureStarts = async (say: (figure: Figure) => void): Promise<void> => {
  const home = await mkdtemp(join(tmpdir(), 'sync-starts-'));
  const own = { NODE_COMPILE_CACHE: join(home, 'compiled') };
  const start = async () => {
    const began = performance.now();
    const running = runMain(join(home, 'data'), [], own);
    await Promise.race([running.ready, running.ended]);
    if (running.bot.exitCode !== null) throw new Error(`It did not start:\n${running.output()}`);
    return { ...running, seconds: (performance.now() - began) / 1000 };
  };
  const end = async ({ bot, ended }: Awaited<ReturnType<typeof start>>): Promise<void> => {
    bot.kill('SIGTERM');
    await ended;
  };
  try {
    const cold = await start();
    say(atMost('a first start, until it is ready', cold.seconds, 's', 15));
    await end(cold);
    const warm = await start();
    say(atMost('a start, until it is ready', warm.seconds, 's', 8));
    await sleep(REST_MS);
    const { pid = 0 } = warm.bot;
    const isWorker = ({ name }: { name: string }): boolean => /main\.ts worker/.test(name);
    const worker = processesOf(pid).find(isWorker)?.pid ?? 0;
    say(atMost('memory of a worker at rest', memoryOf(worker), 'MB', 400));
    say(
      atMost(
        'memory of bot, local workspace and Redis at rest',
        memoryOf(pid) - memoryOf(worker),
        'MB',
        400,
      ),
    );
    warm.bot.kill('SIGKILL');
    await once(warm.bot, 'exit');
    const again = await start();
    say(atMost('a start after it was killed, until it is ready', again.seconds, 's', 8));
    await end(again);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
};
