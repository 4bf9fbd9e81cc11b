import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** A worker's way to a filled password field, as short as it can be. */
const script = (first: string): string => `
  ${first}
  const { createBrowser } = await import('./src/portal/browser.ts');
  const { browserLaunch, findChromium } = await import('./src/setup/tools.mjs');
  const browser = createBrowser({ launch: browserLaunch(findChromium(process.env), process.env), origins: [] });
  const context = await browser.newContext({});
  const page = await context.newPage();
  await page.setContent('<input type="password">');
  await page.locator('input').fill('lantern-42');
  await browser[Symbol.asyncDispose]();`;

const outputOf = async (first: string): Promise<string> => {
  const { stdout, stderr } = await run(
    process.execPath,
    ['--input-type=module', '-e', script(first)],
    { env: { ...process.env, DEBUG: 'pw:*' }, maxBuffer: 1 << 26 },
  );
  return stdout + stderr;
};

it('a library that is asked by the environment to log everything logs no password', async () => {
  expect(await outputOf('')).toContain('lantern-42');
  expect(await outputOf("await import('./src/app/quiet-environment.ts');")).toBe('');
});

it.each(['src/main.ts', 'src/cli/main.ts'])('%s loads nothing before that', (entry) => {
  const [first] = readFileSync(entry, 'utf8').match(/^import .*$/m) ?? [];
  expect(first).toMatch(/^import .*'#app\/quiet-environment\.ts';$/);
});
