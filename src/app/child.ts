import { spawn, type ChildProcess } from 'node:child_process';

export interface KeptChild {
  /** The process that runs now. */
  pid: () => number | undefined;
  /** Lets it finish what it does, and does not start it again. */
  stop: () => Promise<void>;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const STOPS_WITHIN_MS = 15_000;

/** A child that is started again whenever it ends, more slowly each time it ends soon. */
export const keepChild = (options: {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  onExit: (how: string) => void;
}): KeptChild => {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let wait = FIRST_WAIT_MS;

  const start = (): void => {
    const startedAt = Date.now();
    child = spawn(process.execPath, options.args, {
      env: options.env,
      // The channel closes with this process, however that ends, and so tells the child.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.once('exit', (code, signal) => {
      child = undefined;
      if (stopping) return;
      options.onExit(signal ?? `code ${code}`);
      wait = Date.now() - startedAt > 30_000 ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      timer = setTimeout(start, wait);
    });
  };
  start();

  return {
    pid: () => child?.pid,
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === undefined) return;
      const ended = new Promise<void>((resolve) => {
        running.once('exit', () => resolve());
      });
      running.kill('SIGTERM');
      const force = setTimeout(() => running.kill('SIGKILL'), STOPS_WITHIN_MS);
      await ended;
      clearTimeout(force);
    },
  };
};
