import type { Page } from 'playwright';
import type { LocalView } from '#simulator/workspace/protocol.ts';
import { drawModal, type Stage } from './stage.ts';

/** A person's way through the link page, in a real browser beside Slack. */
export interface LinkVisit extends AsyncDisposable {
  page: Page;
  signIn: (user: string, password: string) => Promise<void>;
  enterCode: (code: string) => Promise<void>;
  /** Waits for the page to have this heading. */
  heading: (words: string | RegExp) => Promise<void>;
}

const addressIn = (view: LocalView): string => {
  const found = /"url":"([^"]+\/link\/[^"]+)"/.exec(JSON.stringify(view.blocks))?.[1];
  if (found === undefined) throw new Error('The Link modal has no address.');
  return found;
};

/** Follows the open Link modal to the page, and types the page's number in Slack. */
export const visitLink = async (stage: Stage, as: string, name: string): Promise<LinkVisit> => {
  const { client } = stage.firm;
  const modal = await client.waitForModal(as, (view) => JSON.stringify(view).includes('/link/'));
  // The address is good for this one visit, and too long to read.
  stage.show((await drawModal(stage, as, modal)).replace(/ \(http\S+\)/, ''));
  const context = await (
    await stage.browser()
  ).newContext({
    viewport: { width: 390, height: 844 },
  });
  const page = await context.newPage();
  const heading = (words: string | RegExp): Promise<void> =>
    page.getByRole('heading', { level: 1 }).filter({ hasText: words }).waitFor();

  stage.say(`${name} opens the link page in a browser and presses Continue.`);
  await page.goto(addressIn(modal));
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading('Type this number in Slack');
  const number = /\d\d/.exec(await page.locator('.number').innerText())?.[0] ?? '';
  stage.say(`The page shows ${number}; Slack asks which number it shows.`);
  const asked = await client.waitForModal(as, (view) =>
    JSON.stringify(view.blocks).includes('Which number'),
  );
  stage.show(await drawModal(stage, as, asked));
  stage.say(`${name} types ${number} in Slack.`);
  await client.submit(as, { number: { number } });
  await heading(/^Sign in to/);
  await client.closeModal(as);
  return {
    page,
    heading,
    signIn: async (user, password) => {
      await page.getByRole('textbox', { name: /^User/ }).fill(user);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    },
    enterCode: async (code) => {
      await page.getByLabel('Code', { exact: true }).fill(code);
      await page.getByRole('button', { name: 'Sign in with this code' }).click();
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
};
