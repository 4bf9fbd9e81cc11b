import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContextOptions, type Locator, type Page } from 'playwright';
import { build } from 'vite';
import { browserLaunch, findChromium, projectFolder } from '#setup/tools.mjs';
import type { LocalOutside } from '#simulator/workspace/protocol.ts';
import { startWorkspace } from '#simulator/workspace/server.ts';
import { startPageBot } from './page-bot.ts';

/** As people get it: React of development mounts all twice, and that hid what was wrong at first. */
const buildInto = async (outDir: string): Promise<void> => {
  const root = join(projectFolder, 'src/simulator/page');
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({
      root,
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    });
  } finally {
    process.env.NODE_ENV = before;
  }
};

/** The page as people get it: built, served by the real workspace, a real bot behind it. */
export const openWorkspacePage = async (outside?: LocalOutside) => {
  const found = findChromium(process.env);
  if (!found) throw new Error('No Chromium on this machine: npm test sets one up');
  const folder = await mkdtemp(join(tmpdir(), 'workspace-page-'));
  await buildInto(folder);
  const browser = await chromium.launch(browserLaunch(found, process.env));
  const slack = await startWorkspace({
    pageFolder: folder,
    ...(outside && { outside: () => outside }),
  });
  const bot = await startPageBot(slack);
  const visit = async (address = '', options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${slack.url}/${address}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    return page;
  };
  return {
    slack,
    bot,
    visit,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await bot.stop();
      await slack.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export type WorkspacePage = Awaited<ReturnType<typeof openWorkspacePage>>;

/** Waits until it is on screen; throws when it never is. */
export const seen = async (locator: Locator): Promise<true> => {
  await locator.waitFor();
  return true;
};

/** Types a line into the composer of the channel and sends it. */
export const type = async (page: Page, text: string): Promise<void> => {
  const composer = page.getByRole('textbox', { name: /^Message / });
  await composer.fill(text);
  await composer.press('Enter');
};
