import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser } from '#portal/browser.ts';
import { killHard, processesOf } from '#test/support/processes.ts';

/** Its processes, a script of the distribution that starts it among them, have this folder. */
const BROWSER = /[\0\n]TMPDIR=([^\0]*browser-[^\0]*)/;

it('a browser leaves no temporary file, though it is killed while it makes one', async () => {
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  await using browser = createBrowser({
    launch: browserLaunch(chromium, process.env),
    origins: [],
  });
  const context = await browser.newContext({});
  const itself = context.browser();
  const all = () => processesOf(process.pid).filter(({ text }) => BROWSER.test(text));
  const [, folder = ''] = BROWSER.exec(all()[0]?.text ?? '') ?? [];
  expect(folder).toContain('browser-');
  writeFileSync(join(folder, '.org.chromium.Chromium.half'), '');

  for (const { pid } of all()) killHard(pid);

  await expect.poll(() => itself?.isConnected()).toBe(false);
  await expect.poll(() => existsSync(folder)).toBe(false);
  await context.close().catch(() => {});
  await (await browser.newContext({})).close();
});
