import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openWorkspacePage, type, type WorkspacePage } from '#test/support/workspace-page.ts';

let house: WorkspacePage;
let page: Page;

beforeAll(async () => {
  house = await openWorkspacePage();
});
afterEach(() => page.context().close());
afterAll(() => house[Symbol.asyncDispose]());

const openModal = async (as: string) => {
  page = await house.visit(`?as=${as}&in=CTEAM0001`);
  await type(page, '/sync modal');
  const modal = page.getByRole('dialog', { name: 'Sync a policy' });
  await modal.waitFor();
  return modal;
};

it('errors stand beside their input, and a good value closes the modal', async () => {
  const modal = await openModal('UANARUIZ1');
  const number = modal.getByRole('textbox', { name: 'Policy number' });
  await modal.getByRole('button', { name: 'Sync' }).click();
  await modal.getByRole('alert').waitFor();
  await number.fill('999');
  await modal.getByRole('button', { name: 'Sync' }).click();
  await modal.getByRole('alert').getByText('No such number.').waitFor();
  expect(await number.getAttribute('aria-invalid')).toBe('true');
  expect(await number.evaluate((field) => field === document.activeElement)).toBe(true);
  await number.fill('00123');
  await modal.getByRole('radio', { name: 'Later' }).check();
  await modal.getByRole('button', { name: 'Sync' }).click();
  await modal.waitFor({ state: 'hidden' });
  await page.getByText('UANARUIZ1 00123 later').waitFor();
});

it('a second view lies on the first, which keeps what was typed', async () => {
  const modal = await openModal('UBENCART1');
  await modal.getByRole('textbox', { name: 'Policy number' }).fill('00777');
  await modal.getByRole('button', { name: 'Enter code' }).click();
  const second = page.getByRole('dialog', { name: 'Enter code' });
  await second.getByRole('textbox', { name: 'Code' }).fill('12x');
  await second.getByRole('button', { name: 'Send' }).click();
  await second.getByRole('alert').waitFor();
  await second.getByRole('textbox', { name: 'Code' }).fill('123456');
  await page.keyboard.press('Enter');
  await modal.waitFor();
  expect(await modal.getByRole('textbox', { name: 'Policy number' }).inputValue()).toBe('00777');
});

it('Escape closes the top view only, and the focus goes back to where it was', async () => {
  const modal = await openModal('UMARCUS01');
  await modal.getByRole('button', { name: 'Enter code' }).click();
  await page.getByRole('dialog', { name: 'Enter code' }).waitFor();
  await page.keyboard.press('Escape');
  await modal.waitFor();
  await page.keyboard.press('Escape');
  await modal.waitFor({ state: 'hidden' });
  const composer = page.getByRole('textbox', { name: 'Message #team' });
  expect(await composer.evaluate((field) => field === document.activeElement)).toBe(true);
});

it('the focus stays inside a modal', async () => {
  const modal = await openModal('USAMOKAF1');
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(() => {
      const at = document.activeElement;
      return at !== document.body && !at?.closest('dialog');
    });
    expect(outside).toBe(false);
  }
  await modal.getByRole('button', { name: 'Cancel' }).click();
  await modal.waitFor({ state: 'hidden' });
});

it('a view that was loading fills itself, and every kind of input tells its value', async () => {
  page = await house.visit('?as=UOLIVIA01&in=CTEAM0001');
  await type(page, '/sync everything');
  const modal = page.getByRole('dialog', { name: 'Everything' });
  const note = modal.getByRole('textbox', { name: 'Note' });
  await note.waitFor();
  await expect.poll(() => note.evaluate((field) => field === document.activeElement)).toBe(true);
  await note.fill('two\nlines');
  await modal.getByRole('textbox', { name: 'Mail' }).fill('ana@harborpoint.example');
  await modal.getByRole('textbox', { name: 'Site' }).fill('https://harborpoint.example');
  await modal.getByRole('textbox', { name: 'Count' }).fill('2.5');
  const choose = async (name: string, choice: string): Promise<void> => {
    await modal.getByRole('combobox', { name: `${name} (optional)` }).click();
    await modal.getByRole('option', { name: choice }).click();
  };
  await choose('Person', 'Ben Carter');
  await choose('Channel', '#reviews');
  await choose('Carrier', 'Harbor');
  await choose('Carriers', 'Harbor');
  await choose('Carriers', 'Meridian');
  await page.keyboard.press('Escape');
  await modal.getByRole('button', { name: 'Remove Northbridge' }).click();
  await modal.getByLabel('Day').fill('2026-12-01');
  await modal.getByLabel('Moment').fill('2026-12-01T10:00');
  await modal.getByRole('checkbox', { name: 'Northbridge' }).check();
  await modal.getByRole('checkbox', { name: 'Harbor' }).check();
  await modal.getByRole('button', { name: 'Tell' }).click();
  await modal.waitFor({ state: 'hidden' });
  const told = await page.getByRole('article').filter({ hasText: 'untouched=' }).textContent();
  const moment = await page.evaluate(() => new Date('2026-12-01T10:00').getTime() / 1000);
  for (const entry of [
    'mail=ana@harborpoint.example',
    'site=https://harborpoint.example',
    'count=2.5',
    'person=UBENCART1',
    'channel=GPRIV0001',
    'carrier=ha',
    'carriers=ha+me',
    'day=2026-12-01',
    'time=09:30',
    `moment=${moment}`,
    'wishes=nb+ha',
    'untouched=as it was',
  ])
    expect(told).toContain(entry);
});
