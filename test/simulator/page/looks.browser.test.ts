import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openWorkspacePage, type WorkspacePage } from '#test/support/workspace-page.ts';

let house: WorkspacePage;
const pages: Page[] = [];

const visit: WorkspacePage['visit'] = async (address, options) => {
  const page = await house.visit(address, options);
  pages.push(page);
  return page;
};

beforeAll(async () => {
  house = await openWorkspacePage();
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});
afterAll(() => house[Symbol.asyncDispose]());

const TEAM = '?as=UANARUIZ1&in=CTEAM0001';

for (const colorScheme of ['light', 'dark'] as const)
  it(`Send can be read while the pointer rests on it after a click, in ${colorScheme}`, async () => {
    const page = await visit(TEAM, { colorScheme });
    const send = page.getByRole('button', { name: 'Send' });
    const colours = () =>
      send.evaluate((button) => {
        const { color, backgroundColor, borderColor } = getComputedStyle(button);
        return { color, backgroundColor, borderColor };
      });
    const atRest = await colours();
    await page.getByRole('textbox', { name: 'Message #team' }).fill(`Sent in ${colorScheme}`);
    await send.click();
    await page.getByText(`Sent in ${colorScheme}`).waitFor();
    expect(await send.evaluate((button) => button.matches(':hover'))).toBe(true);
    expect(await colours()).toEqual(atRest);
  });
