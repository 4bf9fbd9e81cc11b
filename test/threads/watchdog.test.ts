import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** A process whose event loop stands still is ended from within; one that was kept from running is not. */

const MOST_MS = 1000;
const FOR_GOOD = 2 ** 31;

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const start = async (...execArgv: string[]) => {
  const child = fork(join(import.meta.dirname, 'guarded-process.ts'), [String(MOST_MS)], {
    execArgv,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  stack.defer(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const told = child.stderr === null ? undefined : text(child.stderr);
  await once(child, 'message');
  const hang = async (ms: number): Promise<unknown> => {
    child.send(ms);
    return (await Promise.race([once(child, 'message'), exited]))[0];
  };
  return { child, exited, told, hang };
};

it('ends one that hangs for good, and says what hung and what comes next', async () => {
  const { exited, told, hang } = await start();
  await hang(FOR_GOOD);
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(await told).toMatch(/^The process of the test hangs: .* starts it again; .*\n$/);
});

it('lets one live that was stopped for longer, and ends it when it hangs', async () => {
  const { child, exited, hang } = await start();
  expect(await hang(0)).toBe('moves');
  child.kill('SIGSTOP');
  await sleep(2 * MOST_MS);
  child.kill('SIGCONT');
  expect(await hang(0)).toBe('moves');
  await hang(FOR_GOOD);
  expect(await exited).toEqual([null, 'SIGKILL']);
});

it('lets one live that stands still in a debugger', async () => {
  const { hang } = await start('--inspect=0');
  expect(await hang(3 * MOST_MS)).toBe('moves');
});
