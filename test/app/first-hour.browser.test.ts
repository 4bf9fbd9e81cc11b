import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { chromium, type Browser, type Locator, type Page } from 'playwright';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { CASES } from '#simulator/portals/cases.ts';
import { startMain } from '#test/support/started-bot.ts';
import { seen, type } from '#test/support/workspace-page.ts';

// The whole program starts, and a worker signs in with a browser of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let started: Awaited<ReturnType<typeof startMain>>;
let browser: Browser;

beforeAll(async () => {
  started = await startMain();
  const found = findChromium(process.env);
  if (!found) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = await chromium.launch(browserLaunch(found, process.env));
});
afterAll(async () => {
  await browser.close();
  await started[Symbol.asyncDispose]();
});

/** One browser, as a person has it: the workspace in one tab, the link page in another. */
const visit = async (query: string): Promise<Page> => {
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(`${started.url}/?${query}`);
  return page;
};

/** What this link leads to, in a tab of its own. */
const beside = async (link: Locator): Promise<Page> => {
  const opened = link.page().context().waitForEvent('page');
  await link.click();
  return opened;
};

const loginOf = async (page: Page, source: string): Promise<{ user: string; password: string }> => {
  const row = page.getByRole('row').filter({ hasText: source });
  await row.first().waitFor();
  const [user = '', password = ''] = await row.getByRole('code').allInnerTexts();
  await page.close();
  return { user, password };
};

it('somebody with this page alone links a login, enters its code, and the sync runs', async () => {
  const { number, as } = CASES.singleUnlinked;
  const page = await visit(`as=${as}&in=CTEAM0001`);
  await type(page, `/sync policy ${number}`);
  await page.getByRole('button', { name: 'Link Ben – Meridian' }).click();
  const modal = page.getByRole('dialog');
  // The window covers the page, and not the tab beside it.
  const logins = await beside(modal.getByRole('link', { name: 'Sandbox logins' }));
  await logins.getByText('Held by Ben Carter').waitFor();
  expect(await logins.getByRole('dialog').count()).toBe(0);
  await logins.close();
  const link = await beside(modal.getByRole('link', { name: /^Open/ }));
  await link.getByRole('button', { name: 'Continue' }).click();
  const pairing = /\d\d/.exec(await link.locator('.number').innerText())?.[0] ?? '';
  await modal.getByRole('textbox', { name: /two-digit number/ }).fill(pairing);
  await modal.getByRole('button', { name: 'Confirm' }).click();
  await modal.getByText('Sign in in your browser now').waitFor();
  await modal.getByRole('button', { name: 'Close' }).first().click();

  const pane = await beside(link.getByRole('link', { name: 'Sandbox logins' }));
  const login = await loginOf(pane, 'Ben – Meridian');
  await link.getByRole('textbox', { name: /^User/ }).fill(login.user);
  await link.getByLabel('Password', { exact: true }).fill(login.password);
  await link.getByRole('button', { name: 'Sign in', exact: true }).click();
  const phone = await beside(link.getByRole('link', { name: 'Phone' }));
  const note = phone.getByRole('listitem').filter({ hasText: 'for Ben Carter' });
  const code = await note.getByRole('code').innerText();
  await link.getByLabel('Code', { exact: true }).fill(code);
  await link.getByRole('button', { name: 'Sign in with this code' }).click();
  await link.getByRole('heading', { name: /linked/i }).waitFor();
  await phone.getByText('No code is on its way.').waitFor();
  expect(await seen(page.getByText(/Success/).first())).toBe(true);
  // The first login of a newcomer brings a value they have not seen.
  expect(await seen(page.getByText(/154,042\.59/).first())).toBe(true);
});

it('says which sandbox users there are, and the addresses of the portals', async () => {
  const page = await visit('in=logins');
  await page.getByText('sandbox-wrong-password').waitFor();
  const portal = await page
    .getByRole('link', { name: 'Granite Mutual' })
    .first()
    .getAttribute('href');
  expect((await fetch(portal ?? '')).status).toBe(200);
});

/** Times, days, the steps on the way, and how far Slack is with the card are another each time. */
const lasting = (transcript: string): string[] =>
  transcript
    .replaceAll(/\d+:\d\d [AP]M/g, 'TIME')
    .replaceAll(/[A-Z][a-z]{2} \d{1,2}, \d{4}/g, 'DAY')
    .split('\n')
    .map((line) => line.trim().replace(/^(Syncing .*\S) (Follow its|Its|The) card .*/, '$1'))
    .filter((line) => /\$\d|Success|asked by|Syncing|Values as of/.test(line));

it('the transcript of the README is what one sees, also once the day was there', async () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, transcript = ''] = /\$ npm run -s say.*\n([\s\S]*?)```/.exec(readme) ?? [];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['src/simulator/say.ts', `/sync policy ${CASES.changed.number}`, '--as', 'ana'],
    { env: { ...process.env, DATA_DIR: started.dataDir } },
  );
  const seenLines = lasting(stdout);
  expect(lasting(transcript).length).toBeGreaterThan(5);
  expect(lasting(transcript).filter((line) => !seenLines.includes(line))).toEqual([]);
});
