import { chromium } from 'playwright';
import { expect, it } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';

it('the browser that set-up found draws a page with letters on it', async () => {
  const found = findChromium(process.env);
  if (found === undefined) throw new Error('no browser was found');
  const browser = await chromium.launch(browserLaunch(found, process.env));
  try {
    const page = await browser.newPage();
    await page.setContent('<span>Account Value</span><i>i</i>');
    expect((await page.locator('span').boundingBox())?.width).toBeGreaterThan(40);
  } finally {
    await browser.close();
  }
});
