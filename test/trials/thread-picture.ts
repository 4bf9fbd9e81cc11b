import { chromium } from 'playwright';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { CASES } from '#simulator/portals/cases.ts';
import { startMain } from '#test/support/started-bot.ts';

// `npm run picture` draws docs/thread.png: the card of a force sync in the local workspace, and its thread.
const { as, number } = CASES.changed;
const found = findChromium(process.env);
if (!found) throw new Error('No Chromium on this machine: npm start sets one up');

await using started = await startMain();
const browser = await chromium.launch(browserLaunch(found, process.env));
const page = await browser.newPage({ viewport: { width: 1320, height: 600 } });
page.setDefaultTimeout(60_000);
await page.goto(`${started.url}/?as=${as}&in=CTEAM0001`);
await page.getByRole('button', { name: 'Hide' }).click();
const composer = page.getByRole('textbox', { name: /^Message / });
await composer.fill(`/sync policy ${number}`);
await composer.press('Enter');
await page.getByRole('button', { name: '1 reply' }).click();
await page.getByRole('region', { name: 'Thread' }).getByText('Account Value is now').waitFor();
await page.mouse.move(0, 0);
await page.evaluate(() => document.fonts.ready);
await page.screenshot({ path: 'docs/thread.png' });
await browser.close();
