import type { BrowserContext, Page, Request } from 'playwright';

const SETTLE_MS = 4000;
/** A portal that is asked something may answer this late; what it never ends is not waited for. */
const ANSWER_MS = 15_000;
const LOOK_MS = 250;

/** What changes a page when it comes. Streams and pings stay open for ever. */
const AWAITED = new Set(['document', 'xhr', 'fetch', 'script']);

const asked = new WeakMap<BrowserContext, Set<Request>>();

/**
 * The requests of a context without an answer yet, counted from the first call on. A page that is
 * loaded stays "networkidle" whatever it asks for later, so Playwright's state alone says nothing.
 */
const unanswered = (context: BrowserContext): ReadonlySet<Request> => {
  const known = asked.get(context);
  if (known !== undefined) return known;
  const open = new Set<Request>();
  asked.set(context, open);
  context.on('request', (request) => {
    if (AWAITED.has(request.resourceType())) open.add(request);
  });
  context.on('requestfinished', (request) => open.delete(request));
  context.on('requestfailed', (request) => open.delete(request));
  return open;
};

/** Waits until the page has stopped loading, asking and changing; what goes on for ever is not waited for. */
export const settle = async (page: Page): Promise<void> => {
  const open = unanswered(page.context());
  await page.waitForLoadState('load').catch(() => {});
  await page.waitForLoadState('networkidle', { timeout: SETTLE_MS }).catch(() => {});
  let before = await allOf(page);
  let same = 0;
  for (let waited = 0; waited < (open.size > 0 ? ANSWER_MS : SETTLE_MS); waited += LOOK_MS) {
    await page.waitForTimeout(LOOK_MS).catch(() => {});
    const now = await allOf(page);
    same = now === before && open.size === 0 ? same + 1 : 0;
    if (same === 2) return;
    before = now;
  }
};

const allOf = async (page: Page): Promise<string> =>
  (await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')))).join();
