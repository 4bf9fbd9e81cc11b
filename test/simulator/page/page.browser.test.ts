import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openWorkspacePage, seen, type, type WorkspacePage } from '#test/support/workspace-page.ts';

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

const newest = (page: Page) =>
  page
    .getByRole('log', { name: /^Messages in/ })
    .getByRole('article')
    .last();

it('a typed command is answered to the one who typed it', async () => {
  const page = await visit(TEAM);
  await page.getByRole('textbox', { name: 'Message #team' }).fill('/');
  await page.getByRole('option', { name: /before friday/ }).click();
  await page.keyboard.type('policy 999');
  await page.keyboard.press('Enter');
  const answer = page.getByRole('article').filter({ hasText: 'No policy matches' });
  await answer.getByText('Only visible to you').waitFor();
  await answer.getByText('policy 999').waitFor();
  const other = await visit('?as=UBENCART1&in=CTEAM0001');
  await other.getByRole('log').waitFor();
  expect(await other.getByText('No policy matches').count()).toBe(0);
});

it('a command that no app answers is shown as failed after three seconds', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync nothing');
  const failure = page.getByRole('article').filter({ hasText: 'operation_timeout' });
  expect(await seen(failure.getByText('/sync nothing'))).toBe(true);
});

it('a word that is no command is refused and stays in the composer', async () => {
  const page = await visit(TEAM);
  await type(page, '/synk policy');
  await page.getByRole('alert').getByText('/synk is not a valid command').waitFor();
  expect(
    await seen(page.getByRole('textbox', { name: 'Message #team' }).and(page.getByText('/synk'))),
  ).toBe(true);
});

it('a click asks first, reaches the bot, and the message and its thread change', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync card');
  await newest(page).getByText('Queued', { exact: true }).waitFor();
  await newest(page).getByRole('button', { name: 'Cancel sync' }).click();
  const question = page.getByRole('alertdialog', { name: 'Cancel this sync?' });
  await question.getByRole('button', { name: 'Keep it' }).click();
  await question.waitFor({ state: 'hidden' });
  await newest(page).getByRole('button', { name: 'Cancel sync' }).click();
  await question.getByRole('button', { name: 'Cancel it' }).click();
  await newest(page).getByText('Cancelled').waitFor();
  await newest(page).getByText('(edited)').waitFor();
  await newest(page).getByRole('button', { name: '1 reply' }).click();
  const thread = page.getByRole('region', { name: 'Thread' });
  await thread.getByText('it is cancelled').waitFor();
  expect(page.url()).toContain('&thread=');
  await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('Thank you');
  await page.keyboard.press('Enter');
  await thread.getByText('Thank you').waitFor();
  await page.reload();
  await thread.getByText('Thank you').waitFor();
});

it('a command typed in a thread is refused as Slack refuses it', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync card');
  await newest(page).getByText('Queued').waitFor();
  await newest(page).hover();
  await newest(page)
    .getByRole('button', { name: /^Reply in thread/ })
    .click();
  const thread = page.getByRole('region', { name: 'Thread' });
  await thread.getByRole('textbox').fill('/sync policy 1');
  await page.keyboard.press('Enter');
  expect(await seen(thread.getByRole('alert').getByText('does not work in threads'))).toBe(true);
});

it('a button the bot leaves unanswered says so', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync card');
  await newest(page).getByRole('button', { name: 'Re-run' }).click();
  expect(await seen(page.getByText('This app did not respond'))).toBe(true);
});

it('an external select asks the bot from its shortest query on', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync search');
  const search = page.getByRole('combobox', { name: 'Search a policy' }).last();
  await search.fill('0');
  await page.getByText('Type 2 characters to search').waitFor();
  await search.fill('0012');
  await page.getByRole('option', { name: '0012-2' }).click();
  await newest(page).getByText('policy is 0012-2').waitFor();
  await search.fill('zz');
  expect(await seen(page.getByText('No results'))).toBe(true);
});

it('selects, dates, checkboxes and menus tell the bot what was chosen', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync search');
  const card = page
    .getByRole('article')
    .filter({ has: page.getByLabel('Review day') })
    .last();
  await card.getByRole('combobox', { name: 'Login source' }).fill('agen');
  await page.getByRole('option', { name: 'Agency' }).click();
  await newest(page).getByText('source is agency').waitFor();
  await card.getByLabel('Review day').fill('2026-12-01');
  await newest(page).getByText('day is 2026-12-01').waitFor();
  await card.getByRole('checkbox', { name: 'Tell the team' }).check();
  await newest(page).getByText('wishes is tell').waitFor();
  await type(page, '/sync card');
  await newest(page).getByRole('button', { name: 'More actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Open contact' }).click();
  expect(await seen(newest(page).getByText('more is contact'))).toBe(true);
});

it('names, dates and emoji read as words', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync card');
  await newest(page).getByText('@Ana Ruiz').waitFor();
  await newest(page).getByText('✅').waitFor();
  expect(await newest(page).textContent()).not.toMatch(/:white_check_mark:|<@|<!date/);
});

it('a permalink opens here, as the person who follows it', async () => {
  const page = await visit(TEAM);
  await type(page, `See <${house.slack.url}/?in=CSUPPORT1|the case>`);
  await newest(page).getByRole('link', { name: 'the case' }).click();
  expect(await seen(page.getByRole('heading', { name: '#sync-support' }))).toBe(true);
  expect(page.url()).toContain('as=UANARUIZ1');
});

it('a data table turns its pages and sorts by a column', async () => {
  const page = await visit(TEAM);
  await type(page, '/sync table');
  const table = newest(page).getByRole('table', { name: 'Policies of Harold Finch' });
  await newest(page).getByText('1–5 of 12').waitFor();
  expect(await table.getByRole('rowheader').allTextContents()).toEqual([
    '010-77',
    '011-77',
    '012-77',
    '013-77',
    '014-77',
  ]);
  await newest(page).getByRole('button', { name: 'Next' }).click();
  await newest(page).getByText('6–10 of 12').waitFor();
  await table.getByRole('button', { name: 'Value' }).click();
  await newest(page).getByText('1–5 of 12').waitFor();
  await table.getByRole('button', { name: 'Value' }).click();
  await table
    .getByRole('columnheader', { name: 'Value' })
    .and(page.locator('[aria-sort=descending]'))
    .waitFor();
  expect(await table.getByRole('row').nth(1).textContent()).toContain('$11000');
});

it('one can be anybody, and each sees their own channels and unread marks', async () => {
  const page = await visit(TEAM);
  const reader = await visit('?as=UBENCART1&in=CSUPPORT1');
  await page.getByRole('link', { name: 'reviews' }).click();
  await type(page, 'The review is at ten');
  await reader.getByRole('link', { name: /reviews.*1 unread/ }).waitFor();
  await reader.getByRole('link', { name: /reviews/ }).click();
  await reader.getByText('The review is at ten').waitFor();
  await reader.getByRole('link', { name: /reviews.*unread/ }).waitFor({ state: 'hidden' });
  await reader.getByRole('combobox', { name: /^You are/ }).click();
  await reader.getByRole('option', { name: /Gwen Guest guest/ }).click();
  await reader.getByRole('link', { name: 'reviews' }).waitFor({ state: 'hidden' });
  await reader.getByRole('heading', { name: '#random' }).waitFor({ state: 'hidden' });
  await reader.getByRole('combobox', { name: /^You are/ }).click();
  await reader.getByRole('option', { name: /Dana Former deactivated/ }).click();
  await reader.getByText('A deactivated account can look').waitFor();
  expect(reader.url()).toContain('as=UDANAFRM1');
});

it('the Home tab shows what the bot publishes when it is opened', async () => {
  const page = await visit('?as=UMARCUS01&in=CTEAM0001');
  await page.getByRole('link', { name: 'Home' }).click();
  await page.getByRole('heading', { name: 'Your book' }).waitFor();
  expect(await seen(page.getByRole('table', { name: 'Policies of Harold Finch' }))).toBe(true);
});

it('a workspace that goes away is said, and the page finds it again', async () => {
  const page = await visit(TEAM);
  await page.context().setOffline(true);
  await type(page, 'Are you there?');
  await page.getByRole('alert').getByText('does not answer').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('textbox', { name: 'Message #team' }).press('Enter');
  expect(await seen(newest(page).getByText('Are you there?'))).toBe(true);
});

it('what comes while the page says what was seen is seen too', async () => {
  const page = await visit('?as=UANARUIZ1&in=CNOBOT001');
  const say = (text: string) => house.bot.client.chat.postMessage({ channel: 'CTEAM0001', text });
  let looks = 0;
  await page.route('**/local/seen', async (route) => {
    const response = await route.fetch();
    looks += 1;
    if (looks === 1) await say('Comes meanwhile');
    await route.fulfill({ response });
  });
  await say('Comes first');
  const team = page.getByRole('link', { name: /team/ });
  await team.getByText('unread').waitFor();
  await team.click();
  await page.getByText('Comes meanwhile').waitFor();
  await expect.poll(() => team.innerText()).not.toMatch(/\d/);
  expect(looks).toBeGreaterThan(1);
});
