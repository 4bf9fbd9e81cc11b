import type { Browser } from 'playwright';

/** Whether a request must not leave the browser. */
export type Refuses = (request: { method: string; url: string; body: string }) => boolean;

const GATES = new WeakMap<Browser, Set<Refuses>>();

/**
 * The last look at what leaves a browser to change something, closest to the network. Routes and
 * sessions of a page end with it, and Chromium then sends what still waited for their word: a page that
 * repeats its requests with \`keepalive\`, on a busy machine, sent a password up to 51 times while it was
 * left, crashed or closed. This session belongs to the browser, and sees all of that.
 */
export const openLastGate = async (browser: Browser): Promise<void> => {
  const judges = new Set<Refuses>();
  GATES.set(browser, judges);
  const session = await browser.newBrowserCDPSession();
  session.on('Fetch.requestPaused', ({ requestId, request: { url, method, postData = '' } }) => {
    const refused = [...judges].some((refuses) => refuses({ method, url, body: postData }));
    const judged = refused
      ? session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
      : session.send('Fetch.continueRequest', { requestId });
    // Its page gave it up meanwhile.
    judged.catch(() => {});
  });
  await session.send('Fetch.enable', {});
};

/** From now on these are refused, until the returned function is called. */
export const refuseAtGate = (browser: Browser, refuses: Refuses): (() => void) => {
  const judges = GATES.get(browser);
  if (!judges) throw new Error('This browser has no last gate: make it with createBrowser');
  judges.add(refuses);
  return () => void judges.delete(refuses);
};
