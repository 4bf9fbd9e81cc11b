import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from '#test/support/axe.ts';
import { openWorkspacePage, type, type WorkspacePage } from '#test/support/workspace-page.ts';

let house: WorkspacePage;

beforeAll(async () => {
  house = await openWorkspacePage();
});
afterAll(() => house[Symbol.asyncDispose]());

it("a message's menu has the shortcuts, and opens the bot's modal for that message", async () => {
  const page = await house.visit('?as=UANARUIZ1&in=CTEAM0001');
  await type(page, 'Please look at 00123-4567');
  const message = page.getByRole('article').filter({ hasText: 'Please look at' });
  await message.hover();
  await message.getByRole('button', { name: /^More actions for Ana Ruiz/ }).click();
  const item = page.getByRole('menuitem', { name: /Sync policies in this/ });
  await item.waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await item.click();
  await page.getByRole('dialog', { name: 'Sync a policy' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Found in "Please look at 00123-4567"').waitFor();
  await page.context().close();
});

it('the menu is there on a reply in a thread, by keyboard, and Escape gives the focus back', async () => {
  const page = await house.visit('?as=UBENCART1&in=CTEAM0001');
  await type(page, 'A question of Ben');
  const root = page.getByRole('article').filter({ hasText: 'A question of Ben' });
  await root.hover();
  await root.getByRole('button', { name: /^Reply in thread/ }).click();
  const thread = page.getByRole('region', { name: 'Thread' });
  await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('About 00123-4567');
  await page.keyboard.press('Enter');
  const reply = thread.getByRole('article').filter({ hasText: 'About 00123-4567' });
  const more = reply.getByRole('button', { name: /^More actions for Ben Carter/ });
  await more.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'hidden' });
  expect(await more.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Sync a policy' }).waitFor();
  await page.keyboard.press('Escape');
  await page.context().close();
});

it('the bolt beside the composer has the global shortcuts, also on a phone', async () => {
  const page = await house.visit('?as=UOLIVIA01&in=CTEAM0001', {
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark',
  });
  await page.getByRole('button', { name: 'Shortcuts' }).click();
  const item = page.getByRole('menuitem', { name: /Sync a policy/ });
  await item.waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Sync a policy' }).waitFor();
  await page.context().close();
});

it('the shortcuts close by Escape, by a click elsewhere, and when something is sent', async () => {
  const page = await house.visit('?as=UMARCUS01&in=CTEAM0001');
  const open = async () => {
    await page.getByRole('button', { name: 'Shortcuts' }).click();
    await page.getByRole('menuitem').first().waitFor();
  };
  const closed = () => page.getByRole('menu').waitFor({ state: 'hidden' });
  await open();
  await page.keyboard.press('Escape');
  await closed();
  await open();
  await page.getByRole('heading', { name: '#team' }).click();
  await closed();
  await open();
  await type(page, 'Sent beside the open shortcuts');
  await page.getByText('Sent beside the open shortcuts').waitFor();
  await closed();
  expect(await page.getByRole('menu').count()).toBe(0);
  await page.context().close();
});
