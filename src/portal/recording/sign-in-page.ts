import type { WorkerBrowser } from '../browser.ts';
import { GUARDED, guard } from '../guard.ts';
import { elementsOf, type PageElement } from './page-elements.ts';
import { settle } from './settle.ts';

/** A portal's first page as a stranger sees it; `refused` are other hosts that it asked for. */
export const lookAtSignIn = async (
  browser: WorkerBrowser,
  address: string,
): Promise<{ url: string; elements: PageElement[]; refused: string[] }> => {
  const context = await browser.newContext({ ...GUARDED, locale: 'en-US' });
  try {
    const { refused } = await guard(context, [new URL(address).origin]);
    const page = await context.newPage();
    await page.goto(address, { timeout: 30_000 });
    await settle(page);
    const kinds = /\((document|xhr|fetch|script|redirect)\)$/;
    return {
      url: page.url(),
      elements: await elementsOf(page),
      refused: [...refused.keys()].filter((key) => kinds.test(key)),
    };
  } finally {
    await context.close();
  }
};
