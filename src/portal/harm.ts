import type { BrowserContext, CDPSession, Page, Request } from 'playwright';
import { HARM_LIMITS } from './limits.ts';
import { withinTime } from './steps.ts';
import { StepEnded, failure } from './failure.ts';

const CLOSE_MS = 5000;

/** Ends a step as soon as the portal does more than any portal needs. */
export interface Harm {
  /** Rejects with StepEnded, once in a step. */
  ended: () => Promise<never>;
  /** A new step begins: what was counted is forgotten. */
  forget: () => void;
}

type Counted = keyof typeof TOO_MANY;

const TOO_MANY = {
  pages: 'The portal goes from page to page without end',
  frames: 'The portal goes from page to page without end',
  requests: 'The page asks for more than any page needs',
  dialogs: 'The page opens dialogs without end',
  popups: 'The page opens windows without end',
  downloads: 'The page begins downloads without end',
  bytes: 'The pages are larger than any portal needs',
} as const;

/** Counts what the pages of a context do; its windows are pages like the first. */
export const watchHarm = (context: BrowserContext): Harm => {
  let counts: Partial<Record<Counted, number>> = {};
  let end = newEnd();

  const stop = (detail: string): void => end.reject(new StepEnded(failure('carrier-down', detail)));
  /** What harms others too is ended at once, not when its step has been: a flood reaches us all the while. */
  const halt = (detail: string): void => {
    stop(detail);
    for (const page of context.pages()) void crash(page);
  };
  const count = (what: Counted, by = 1): void => {
    const before = counts[what] ?? 0;
    counts[what] = before + by;
    if (before <= HARM_LIMITS[what] && before + by > HARM_LIMITS[what]) halt(TOO_MANY[what]);
  };

  context.on('request', (request) => {
    count('requests');
    if (request.isNavigationRequest()) count(kindOf(request));
  });
  context.on('requestfailed', (request) => {
    if (/TOO_MANY_REDIRECTS/.test(request.failure()?.errorText ?? ''))
      stop('The portal redirects without end');
  });
  context.on('page', (page) => {
    page.on('dialog', () => count('dialogs'));
    page.on('popup', () => count('popups'));
    page.on('download', () => count('downloads'));
    page.on('crash', () => stop('The page crashed in the browser'));
    void watchSize(page, (bytes, isOne) => {
      if (isOne && bytes > HARM_LIMITS.answerBytes) halt('An answer of the portal is too large');
      if (!isOne) count('bytes', bytes);
    });
  });
  return {
    ended: () => end.promise,
    forget: () => {
      counts = {};
      end = newEnd();
    },
  };
};

const newEnd = () => {
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => {});
  return end;
};

const kindOf = (request: Request): Counted => {
  try {
    return request.frame().parentFrame() === null ? 'pages' : 'frames';
  } catch {
    // The first request of a window comes before its page is known.
    return 'popups';
  }
};

/**
 * Tells of each answer how large it has become, and of all the growth, unpacked: Playwright knows the
 * size of an answer only once it has come, and one without end never has.
 */
const watchSize = async (
  page: Page,
  tell: (bytes: number, isOne: boolean) => void,
): Promise<void> => {
  try {
    const session = await sessionOf(page);
    const sizes = new Map<string, number>();
    session.on('Network.dataReceived', ({ requestId, dataLength }) => {
      const size = (sizes.get(requestId) ?? 0) + dataLength;
      sizes.set(requestId, size);
      tell(dataLength, false);
      tell(size, true);
    });
    session.on('Network.loadingFinished', ({ requestId }) => sizes.delete(requestId));
    session.on('Network.loadingFailed', ({ requestId }) => sizes.delete(requestId));
    await session.send('Network.enable', { maxTotalBufferSize: 0, maxResourceBufferSize: 0 });
  } catch {
    // The page has gone meanwhile.
  }
};

const SESSIONS = new WeakMap<Page, Promise<CDPSession>>();

/** Opened while the page is well: one that is not answers no more. */
const sessionOf = (page: Page): Promise<CDPSession> => {
  const known = SESSIONS.get(page) ?? page.context().newCDPSession(page);
  SESSIONS.set(page, known);
  return known;
};

/** Closes a page whatever it does: one that does not answer loses its process. */
export const discardPage = async (page: Page): Promise<void> => {
  if (await withinTime(page.close(), CLOSE_MS)) return;
  await withinTime(crash(page), CLOSE_MS);
  await withinTime(page.close(), CLOSE_MS);
};

/** Ends the process of a page, which it cannot refuse. */
const crash = async (page: Page): Promise<void> => {
  const session = await SESSIONS.get(page)?.catch(() => undefined);
  await session?.send('Page.crash').catch(() => {});
};

/**
 * Runs in every page and frame before their own scripts. What a page logs, and errors that it does not
 * catch, would all be sent to this process; so nothing of that is heard.
 */
export const hush = (): void => {
  for (const name of Object.keys(console) as (keyof Console)[])
    if (typeof console[name] === 'function') Object.assign(console, { [name]: () => {} });
  const quiet = (event: Event): void => event.preventDefault();
  addEventListener('error', quiet);
  addEventListener('unhandledrejection', quiet);
};

/** Closes a context whatever its pages do. */
export const discardContext = async (context: BrowserContext): Promise<void> => {
  if (await withinTime(context.close(), CLOSE_MS)) return;
  await Promise.all(context.pages().map(discardPage));
  await withinTime(context.close(), CLOSE_MS);
};
