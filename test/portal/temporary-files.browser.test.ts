import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser } from '#portal/browser.ts';
import { processesOf } from '#test/support/processes.ts';

it('a browser leaves no temporary file, though it is killed while it makes one', async () => {
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  await using browser = createBrowser({
    launch: browserLaunch(chromium, process.env),
    origins: [],
  });
  const context = await browser.newContext({});
  const { pid = 0, text = '' } =
    processesOf(process.pid).find((one) => one.text.includes('--remote-debugging-pipe')) ?? {};
  const folder = /[\0\n]TMPDIR=([^\0]*)/.exec(text)?.[1] ?? '';
  expect(folder).toContain('browser-');
  writeFileSync(join(folder, '.org.chromium.Chromium.half'), '');
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 30_000 });
  await context.close().catch(() => {});

  await (await browser.newContext({})).close();
});
