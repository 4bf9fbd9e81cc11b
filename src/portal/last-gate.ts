import type { Browser } from 'playwright';
import { saidInHeaders } from './carries.ts';

interface Leaving {
  method: string;
  url: string;
  body: string;
  /** What the page itself says in them. */
  headers: string;
}

interface Judge {
  /** Whether a request must not leave the browser. */
  refuses: (request: Leaving) => boolean;
  refused: (url: string) => void;
}

interface Gate {
  judges: Set<Judge>;
  /** How often a request may pass whatever the judges say: its own session has looked at it. */
  passes: Map<string, number>;
}

const GATES = new WeakMap<Browser, Gate>();

const nameOf = ({ method, url, body }: Leaving): string => JSON.stringify([method, url, body]);

const gateOf = (browser: Browser): Gate => {
  const gate = GATES.get(browser);
  if (!gate) throw new Error('This browser has no last gate: make it with createBrowser');
  return gate;
};

/**
 * The last look at what leaves a browser to change something, closest to the network. Routes and
 * sessions of a page end with it, and Chromium then sends what still waited for their word: a page that
 * repeats its requests with \`keepalive\`, on a busy machine, sent a password up to 51 times while it was
 * left, crashed or closed. This session belongs to the browser, and sees all of that.
 */
export const openLastGate = async (browser: Browser): Promise<void> => {
  const gate: Gate = { judges: new Set(), passes: new Map() };
  GATES.set(browser, gate);
  const session = await browser.newBrowserCDPSession();
  session.on('Fetch.requestPaused', ({ requestId, request: paused }) => {
    const { url, method, postData: body = '' } = paused;
    const request = { method, url, body, headers: saidInHeaders(paused.headers) };
    const against = [...gate.judges].filter((judge) => judge.refuses(request));
    const isRefused = against.length > 0 && !usePass(gate, request);
    if (isRefused) for (const judge of against) judge.refused(url);
    const judged = isRefused
      ? session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
      : session.send('Fetch.continueRequest', { requestId });
    // Its page gave it up meanwhile.
    judged.catch(() => {});
  });
  await session.send('Fetch.enable', {});
};

/** From now on these are refused, until the returned function is called. */
export const refuseAtGate = (browser: Browser, judge: Judge): (() => void) => {
  const { judges } = gateOf(browser);
  judges.add(judge);
  return () => void judges.delete(judge);
};

/**
 * A session lets a request of its own go. The gate does not know whose a request is, and the password
 * of one login may stand in what another sends: in its user name, or in an address.
 */
export const passAtGate = (browser: Browser, request: Leaving): void => {
  const { judges, passes } = gateOf(browser);
  if (![...judges].some((judge) => judge.refuses(request))) return;
  const name = nameOf(request);
  passes.set(name, (passes.get(name) ?? 0) + 1);
};

const usePass = ({ passes }: Gate, request: Leaving): boolean => {
  const name = nameOf(request);
  const left = passes.get(name) ?? 0;
  if (left > 1) passes.set(name, left - 1);
  else passes.delete(name);
  return left > 0;
};
