import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { READY } from '#app/child.ts';
import type { ChildFirm } from './protocol.ts';

const HERE = join(import.meta.dirname, '../../..');

export interface Child {
  life: number;
  ready: Promise<void>;
  /** As the kernel or a power cut would. */
  kill: () => Promise<void>;
  /** As a deploy does: it ends what it is at. Rejects where it ends otherwise than well. */
  stop: () => Promise<void>;
  hasEnded: () => boolean;
  freeze: () => void;
  thaw: () => void;
}

/**
 * A bot or a worker in a process of its own, of the release whose program is in this folder. `ready`
 * rejects when it ends by itself before that.
 */
export const startChild = (firm: ChildFirm, program = HERE): Child => {
  const child = spawn(process.execPath, [join(program, 'test/trials/faults/child.ts')], {
    env: { ...process.env, FIRM: JSON.stringify(firm) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let wanted = false;
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message) => message === READY && resolve());
    child.once('exit', (code) => {
      if (wanted) resolve();
      else reject(new Error(`A ${firm.role} ended by itself (${code}): see ${firm.logFile}`));
    });
  });
  // Whoever waits for it hears of it.
  ready.catch(() => undefined);
  return {
    life: firm.life,
    ready,
    kill: async () => {
      wanted = true;
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      wanted = true;
      child.kill('SIGTERM');
      const [code, signal] = await ended;
      if (code !== 0)
        throw new Error(`A ${firm.role} stopped with ${code ?? signal}: see ${firm.logFile}`);
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
};
