import { spawn, type ChildProcess } from 'node:child_process';
import { LONGEST_GRACE_MS } from '#queue/session-worker.ts';

export interface KeptChild {
  /** The process that runs now. */
  pid: () => number | undefined;
  /** Resolves when it says that it is ready. Rejects when the first one ends before it does. */
  ready: Promise<void>;
  /** Lets it finish what it does, and does not start it again. */
  stop: () => Promise<void>;
}

/** What a child sends to whoever keeps it. */
export const READY = 'ready';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** It needs a moment more than its sessions. */
const STOPS_WITHIN_MS = LONGEST_GRACE_MS + 7000;

/**
 * A child that is started again whenever it ends, more slowly each time it ends soon. One that never
 * was ready is not: what kept the first from its work would keep the next from it.
 */
export const keepChild = (options: {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  onExit: (how: string) => void;
}): KeptChild => {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let wasReady = false;
  let wait = FIRST_WAIT_MS;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  // Whoever does not wait for it is told by onExit.
  ready.catch(() => undefined);

  const start = (): void => {
    const startedAt = Date.now();
    child = spawn(process.execPath, options.args, {
      env: options.env,
      // Out of the terminal's process group: Ctrl-C is for its parent, which lets it finish.
      detached: true,
      // The channel closes with this process, however that ends, and so tells the child.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message) => {
      if (message !== READY) return;
      wasReady = true;
      resolve();
    });
    child.once('exit', (code, signal) => {
      child = undefined;
      if (stopping) return;
      const how = signal ?? `code ${code}`;
      options.onExit(how);
      if (!wasReady) {
        reject(new Error(`The worker did not start (${how}).`));
        return;
      }
      wait = Date.now() - startedAt > 30_000 ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      timer = setTimeout(start, wait);
    });
  };
  start();

  return {
    pid: () => child?.pid,
    ready,
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
