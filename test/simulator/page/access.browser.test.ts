import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from '#test/support/axe.ts';
import { openWorkspacePage, type, type WorkspacePage } from '#test/support/workspace-page.ts';

let house: WorkspacePage;

beforeAll(async () => {
  house = await openWorkspacePage();
  const page = await house.visit('?as=UOLIVIA01&in=CTEAM0001');
  for (const [command, shown] of [
    ['card', 'Queued'],
    ['search', 'Tell the team'],
    ['table', '1–5 of 12'],
    ['policy 9', 'No policy matches'],
  ] as const) {
    await type(page, `/sync ${command}`);
    await page.getByText(shown).first().waitFor();
  }
  await page.context().close();
});
afterAll(() => house[Symbol.asyncDispose]());

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

const LOOKS = [
  { colorScheme: 'light', viewport: WIDE },
  { colorScheme: 'dark', viewport: PHONE },
] as const;

for (const { colorScheme, viewport } of LOOKS)
  it(`nothing bars anybody at ${viewport.width} pixels in ${colorScheme}`, async () => {
    const page = await house.visit('?as=UOLIVIA01&in=CTEAM0001', { colorScheme, viewport });
    await page.getByText('No policy matches').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    const card = page.getByRole('article').filter({ hasText: 'Policy 00123-4567' });
    await card.getByRole('button', { name: 'Cancel sync' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await type(page, '/sync modal');
    await page.getByRole('dialog', { name: 'Sync a policy' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await card.hover();
    await card.getByRole('button', { name: /^Reply in thread/ }).click();
    await page.getByRole('region', { name: 'Thread' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await page.context().close();
  });

it('on a phone the channels open over the page and Escape puts them away', async () => {
  const page = await house.visit('?as=UANARUIZ1&in=CTEAM0001', { viewport: PHONE });
  await page.getByRole('button', { name: 'Channels and people' }).click();
  await page.getByRole('link', { name: 'reviews' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'reviews' }).waitFor({ state: 'hidden' });
  await page.context().close();
});

it('the keyboard alone is enough: person, channel, command, table, choice, thread', async () => {
  const page = await house.visit('?as=UANARUIZ1&in=CTEAM0001', { viewport: WIDE });
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.getByRole('log').waitFor();
  await press('Tab', 'ArrowDown', 'ArrowDown', 'Enter');
  await page.getByRole('combobox', { name: /You are Ben Carter/ }).waitFor();
  await press('Tab', 'Tab', 'Enter');
  await page.getByRole('heading', { name: '#reviews' }).waitFor();
  await press('Shift+Tab', 'Enter');
  await page.getByRole('heading', { name: '#team' }).waitFor();
  await page.getByRole('textbox', { name: 'Message #team' }).focus();
  await page.keyboard.type('/s');
  await page.getByRole('option', { name: /\/sync/ }).waitFor();
  await press('Tab');
  await page.keyboard.type('search');
  await press('Enter');
  const card = page.getByRole('article').last();
  await card.getByRole('combobox', { name: 'Login source' }).focus();
  await press('ArrowDown', 'ArrowDown', 'Enter');
  await page.getByText('source is agency').waitFor();
  await page.getByRole('button', { name: 'Next' }).first().focus();
  await press('Enter');
  await page.getByText('6–10 of 12').waitFor();
  await page
    .getByRole('button', { name: /^Reply in thread/ })
    .last()
    .focus();
  await press('Enter');
  const thread = page.getByRole('region', { name: 'Thread' });
  await thread.waitFor();
  await press('Escape');
  await thread.waitFor({ state: 'hidden' });
  const name = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  expect(name).toMatch(/^Reply in thread/);
  await page.context().close();
});
