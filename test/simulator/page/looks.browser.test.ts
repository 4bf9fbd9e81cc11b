import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebClient } from '@slack/web-api';
import { FIRST_STEPS } from '#simulator/first-steps.ts';
import { violationsOf } from '#test/support/axe.ts';
import { openWorkspacePage, seen, type, type WorkspacePage } from '#test/support/workspace-page.ts';

let house: WorkspacePage;
const pages: Page[] = [];

const visit: WorkspacePage['visit'] = async (address, options) => {
  const page = await house.visit(address, options);
  pages.push(page);
  return page;
};

beforeAll(async () => {
  const login = (holder: string, source: string, user: string) => ({
    holder,
    source,
    user,
    carrier: 'Northbridge Life',
    password: 'made up',
  });
  house = await openWorkspacePage({
    logins: [
      login('UANARUIZ1', 'Ana', 'ana'),
      login('UBENCART1', 'Harbor Agency of the harbor', 'harbor.agency.of.the.harbor'),
    ],
    codes: [],
    sandbox: { users: [], password: '', code: '' },
    portals: [],
  });
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

const fullyShown = (box: Locator) =>
  box.evaluate(
    ({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
      scrollHeight <= clientHeight && scrollWidth <= clientWidth,
  );

it('the first steps stand side by side, all four in one row, at 1280 pixels', async () => {
  const page = await visit(TEAM, { viewport: { width: 1280, height: 740 } });
  const steps = page.getByRole('region', { name: 'First steps' });
  const tops = await steps
    .getByRole('listitem')
    .evaluateAll((items) => items.map((item) => item.getBoundingClientRect().top));
  expect(tops).toHaveLength(4);
  expect(new Set(tops).size).toBe(1);
  expect(await fullyShown(steps)).toBe(true);
});

for (const [width, height] of [
  [1000, 700],
  [390, 844],
] as const)
  it(`the first steps fold to their titles at ${width} pixels, and a click shows one`, async () => {
    const page = await visit(TEAM, { viewport: { width, height } });
    const steps = page.getByRole('region', { name: 'First steps' });
    const command = (name: RegExp) => steps.getByRole('button', { name });
    await command(/policy MA-/).waitFor({ state: 'hidden' });
    await command(/policy 00123/).waitFor();
    expect(await fullyShown(steps)).toBe(true);
    await steps.getByRole('button', { name: 'Link a login' }).click();
    await command(/policy MA-/).waitFor();
    await command(/policy 00123/).waitFor({ state: 'hidden' });
    expect(await fullyShown(steps)).toBe(true);
    expect((await steps.boundingBox())?.height).toBeLessThan(height * 0.45);
  });

it('a step is tried once its card has ended, and not at the click', async () => {
  const page = await visit('?as=UBENCART1&in=CTEAM0001');
  const client = new WebClient(house.slack.botToken, { slackApiUrl: house.slack.apiUrl });
  const post = (text: string) => client.chat.postMessage({ channel: 'CTEAM0001', text });
  const [, step] = FIRST_STEPS;
  const number = step?.command.split(' ').at(-1);
  const box = page
    .getByRole('region', { name: 'First steps' })
    .getByRole('listitem')
    .filter({ hasText: 'Link a login' });
  await box.getByRole('button', { name: step?.command ?? '' }).click();
  await box.getByText('under way').waitFor();
  await post(`Needs link · Grace Kimani\nMeridian Annuity ${number}`);
  await page.getByText('Needs link · Grace Kimani').waitFor();
  await box.getByText('under way').waitFor();
  await post(`Success · Grace Kimani\nMeridian Annuity ${number}`);
  expect(await seen(box.getByText('tried'))).toBe(true);
});

it('first steps that were put away can be had again', async () => {
  const page = await visit(TEAM);
  const steps = page.getByRole('region', { name: 'First steps' });
  await steps.getByRole('button', { name: 'Hide' }).click();
  await steps.waitFor({ state: 'hidden' });
  await page.reload();
  await page.getByRole('button', { name: 'First steps' }).click();
  expect(await steps.getByRole('listitem').count()).toBe(4);
});

it('a table as wide as that of a digest is not cut at 1280 pixels', async () => {
  const page = await visit(TEAM, { viewport: { width: 1280, height: 740 } });
  await type(page, '/sync wide table');
  const table = page.getByRole('group', { name: 'By carrier' }).last();
  await table.waitFor();
  expect(await fullyShown(table)).toBe(true);
});

it('a wide table is not cut beside a thread, nor in it', async () => {
  const page = await visit(TEAM, { viewport: { width: 1440, height: 900 } });
  await type(page, '/sync wide table');
  const said = page.getByRole('article').last();
  await said.getByRole('group', { name: 'By carrier' }).waitFor();
  await said.hover();
  await said.getByRole('button', { name: /^Reply in thread/ }).click();
  const thread = page.getByRole('region', { name: 'Thread' });
  const inThread = thread.getByRole('group', { name: 'By carrier' });
  await inThread.waitFor();
  for (const table of await page.getByRole('group', { name: 'By carrier' }).all())
    expect(await fullyShown(table)).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
});

it("the columns of one's own logins stand over those of the others", async () => {
  const page = await visit('?as=UANARUIZ1&in=logins');
  const tables = page.getByRole('table');
  await tables.nth(1).waitFor();
  const [mine, others] = await tables.evaluateAll((all) =>
    all.map((table) =>
      [...table.querySelectorAll('thead th')].map((cell) => cell.getBoundingClientRect().left),
    ),
  );
  expect(mine).toHaveLength(3);
  expect(mine).toEqual(others);
});

it('what a place is about is not cut on a phone, and nothing is asked for that is not there', async () => {
  const page = await visit(TEAM, { viewport: { width: 390, height: 844 } });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${house.slack.url}/?as=UANARUIZ1&in=logins`);
  expect(await fullyShown(page.getByText('What the link page asks for'))).toBe(true);
  expect(asked.filter((url) => url.includes('channel=logins'))).toEqual([]);
});

it('a policy number stays on one line, and circles of two colours are told apart', async () => {
  const page = await visit(TEAM, { viewport: { width: 390, height: 844 } });
  const lines = Array.from(
    { length: 30 },
    (_, index) => `${'x'.repeat(index + 1)} *00451-8830*, MA-916602-D.`,
  );
  await type(page, `:large_green_circle: Linked :large_yellow_circle: Old ${lines.join(' ')}`);
  const message = page.getByRole('article').filter({ hasText: 'Linked' });
  const numbers = message.getByText(/^(00451-8830|MA-916602-D)$/);
  await numbers.first().waitFor();
  const rows = await numbers.evaluateAll((all) => all.map((each) => each.getClientRects().length));
  expect(rows.length).toBeGreaterThanOrEqual(60);
  expect(new Set(rows)).toEqual(new Set([1]));
  const paint = (circle: string) =>
    message
      .getByText(circle, { exact: true })
      .last()
      .evaluate((each) => getComputedStyle(each).backgroundImage);
  expect(await paint('🟢')).not.toBe(await paint('🟡'));
});

it('what was edited says so beside its time', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync card');
  const card = page.getByRole('article').last();
  await card.getByRole('button', { name: 'Cancel sync' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel it' }).click();
  const edited = await card.getByText('(edited)').boundingBox();
  const time = await card.getByRole('time').boundingBox();
  expect(edited?.y).toBe(time?.y);
});

it('a line of text ends where it is read with ease, and a wide table does not', async () => {
  const page = await visit(TEAM, { viewport: { width: 1920, height: 900 } });
  const words = 'A line that goes on. '.repeat(20);
  await type(page, words);
  await page.getByText('A line that goes on.').waitFor();
  const text = page.getByText('A line that goes on.');
  expect((await text.boundingBox())?.width).toBeLessThanOrEqual(720);
  await type(page, '/sync wide table');
  const table = page.getByRole('group', { name: 'By carrier' }).last();
  expect((await table.boundingBox())?.width).toBeGreaterThan(720);
});

it('a message that is taller than the view is met at its head, and what follows it is met too', async () => {
  const page = await visit(TEAM, { viewport: { width: 1280, height: 740 } });
  const lines = Array.from({ length: 80 }, (_, index) => `line ${index}`);
  await type(page, ['The head', ...lines].join('\n'));
  const shown = (text: string) =>
    page
      .getByRole('article')
      .filter({ hasText: text })
      .last()
      .evaluate((article) => {
        const view = article.closest('[role=log]')?.getBoundingClientRect();
        const { top } = article.getBoundingClientRect();
        return view !== undefined && top >= view.top && top < view.bottom;
      });
  await expect.poll(() => shown('The head')).toBe(true);
  await type(page, 'What follows it');
  await expect.poll(() => shown('What follows it')).toBe(true);
});

it('the words of a window stand beneath its title, also on a phone', async () => {
  const page = await visit(TEAM, { viewport: { width: 390, height: 844 } });
  await type(page, '/sync modal');
  const modal = page.getByRole('dialog');
  const left = (of: Locator) => of.evaluate((each) => each.getBoundingClientRect().left);
  const title = await left(modal.getByRole('heading', { name: 'Sync a policy' }));
  expect(await left(modal.getByText('Policy number', { exact: true }))).toBe(title);
});

it('on a phone what a number of a table is stands beneath what the row is', async () => {
  const page = await visit(TEAM, { viewport: { width: 390, height: 844 } });
  await type(page, '/sync wide table');
  const table = page.getByRole('group', { name: 'By carrier' }).last();
  await table.waitFor();
  const aligned = await table
    .locator('tbody td')
    .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).textAlign));
  expect(new Set(aligned)).toEqual(new Set(['left']));
});

it('the font of the emoji is there before anything is drawn', async () => {
  const page = await visit(TEAM);
  expect(await page.evaluate(() => document.fonts.check("14px 'Noto Emoji'", '✅'))).toBe(true);
});
