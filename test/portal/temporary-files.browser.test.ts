import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
  const itself = context.browser();
  const session = await itself?.newBrowserCDPSession();
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
  const { id: pid } = processInfo.find(({ type }) => type === 'browser') ?? {};
  if (pid === undefined) throw new Error('Chromium does not say which process it is');
  const { text } = processesOf(process.pid).find((one) => one.pid === pid) ?? {};
  const folder = /[\0\n]TMPDIR=([^\0]*)/.exec(text ?? '')?.[1] ?? '';
  expect(folder).toContain('browser-');
  writeFileSync(join(folder, '.org.chromium.Chromium.half'), '');

  // It leads a group of its own: all of it ends, as when its container does.
  process.kill(-pid, 'SIGKILL');

  await expect.poll(() => itself?.isConnected()).toBe(false);
  await expect.poll(() => existsSync(folder)).toBe(false);
  await context.close().catch(() => {});
  await (await browser.newContext({})).close();
});
