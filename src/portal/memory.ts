import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright';
import { HARM_LIMITS } from './limits.ts';

const LOOK_EVERY_MS = 1000;
/** Of Linux on every machine that Chromium is built for but some of ARM, where it is larger. */
const PAGE_BYTES = 4096;

/**
 * Ends the process of a page that takes too much memory: V8's own limit sees scripts alone, not
 * documents and buffers. The page then counts as crashed; others have processes of their own. Where
 * the system does not tell (no /proc), only V8's limit holds.
 */
export const watchMemory = async (browser: Browser): Promise<void> => {
  if (!existsSync('/proc/self/statm')) return;
  const session = await browser.newBrowserCDPSession();
  const look = async (): Promise<void> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    for (const { id, type } of processInfo)
      if (type === 'renderer' && (await residentBytes(id)) > HARM_LIMITS.processBytes) end(id);
  };
  const timer = setInterval(() => {
    // The browser has gone, or goes: its end is told elsewhere.
    if (browser.contexts().length > 0) look().catch(() => {});
  }, LOOK_EVERY_MS);
  timer.unref();
  browser.once('disconnected', () => clearInterval(timer));
};

const residentBytes = async (pid: number): Promise<number> => {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
};

const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};
