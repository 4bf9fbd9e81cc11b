import type { BrowserContext, Page, Request, Response, Route } from 'playwright';
import type { Secret } from '#shared/secret.ts';
import { carries, saidInHeaders } from './carries.ts';
import { PortalChanged } from './failure.ts';
import { discardContext } from './harm.ts';
import { passAtGate, refuseAtGate } from './last-gate.ts';
import { HARM_LIMITS } from './limits.ts';
import { admitDownload, admitPopup, mayOpen } from './kit/openings.ts';

const NEVER_NEEDED = new Set(['image', 'font', 'media']);

const LOOK_EVERY_MS = 50;

/** How long a request may still be on its way out after its context was closed. */
const OUTLIVES_MS = 30_000;

export interface Fence {
  /** What was refused, by host and kind: "fonts.example (font)" -> 3. */
  refused: ReadonlyMap<string, number>;
  /**
   * While `work` runs, one request carries each of these secrets to the portal, or as many as the
   * carrier declares; every other one that does is refused. Chromium sends a POST again by itself when
   * a kept connection breaks before the answer (measured: twice and three times), and pages repeat a
   * failed request with another id; a wrong password must not be counted twice. A redirect that asks for
   * the same body elsewhere (307, 308) is one more request. Throws PortalChanged when that is refused.
   * What was submitted is posted no more while the context lives: a page that goes on repeating itself
   * (measured: 47 times) would lock a login whose password was changed meanwhile.
   */
  once: <T>(secrets: readonly Secret[], work: () => Promise<T>, most?: number) => Promise<T>;
  /** Whether a text holds a secret that was submitted, in a form in which it is sent. */
  holdsSecret: (text: string) => boolean;
}

/**
 * Fences a context: only the carrier's origins are talked to, and no images, fonts or media are
 * loaded. Dialogs are closed, and so are pop-ups and downloads that the carrier's code does not wait for. The context itself must be made with `GUARDED`.
 */
export const guard = async (
  context: BrowserContext,
  origins: readonly string[],
): Promise<Fence> => {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  const refused = new Map<string, number>();
  /** What may be sent of each secret still; undefined while nothing is submitted. */
  let left: Map<Secret, number> | undefined;
  /** Submitted before: posted no more. */
  let spent: readonly Secret[] = [];
  const holdsSecret = (text: string): boolean => spent.some((one) => carries(text, one));
  let askedAgain = (): void => {};
  /** From the first submission on. */
  let armed = false;
  const count = (url: string, kind: string): void => {
    const key = `${URL.parse(url)?.host ?? 'no host'} (${kind})`;
    refused.set(key, (refused.get(key) ?? 0) + 1);
  };
  /** What the portal may have of a secret is sent by `sendOnce`: no browser posts it, and nowhere else is it sent. */
  const refuseSecrets = (): void => {
    const browser = context.browser();
    if (!browser) throw new Error('A context that stands alone cannot be guarded');
    const open = refuseAtGate(browser, {
      refuses: ({ method, url, body, headers }) => {
        const isSafe = SAFE.has(method) && allowed.has(URL.parse(url)?.origin ?? '');
        const sent = isSafe ? headers : `${url} ${body} ${headers}`;
        return holdsSecret(sent) || [...(left?.keys() ?? [])].some((one) => carries(sent, one));
      },
      refused: (url) => count(url, 'password again'),
    });
    context.once('close', () => setTimeout(open, OUTLIVES_MS).unref());
  };
  const letGo = (route: Route): Promise<void> => {
    const request = route.request();
    const browser = context.browser();
    const [method, url, body] = [request.method(), request.url(), request.postData() ?? ''];
    const headers = saidInHeaders(request.headers());
    if (browser) passAtGate(browser, { method, url, body, headers });
    return route.continue();
  };
  /** Which secrets this would bring to the portal, each counted as sent; undefined where one was sent before. */
  const countSent = (url: string, sent: string, again: string): Secret[] | undefined => {
    const carried = [...(left ?? [])].filter(([secret]) => carries(sent, secret));
    if (holdsSecret(again) || carried.some(([, times]) => times === 0)) {
      count(url, 'password again');
      return undefined;
    }
    for (const [secret, times] of carried) left?.set(secret, times - 1);
    return carried.map(([secret]) => secret);
  };
  const mayGo = (request: Request): boolean =>
    allowed.has(URL.parse(request.url())?.origin ?? '') &&
    !NEVER_NEEDED.has(request.resourceType());

  /** Whether the body of a request may go to another address too, which then counts. */
  const mayFollow = (to: string, secrets: readonly Secret[]): 'unseen' | 'counted' | 'no' => {
    if (secrets.length === 0) return 'unseen';
    const mayGoThere = allowed.has(URL.parse(to)?.origin ?? '');
    if (mayGoThere && secrets.every((secret) => (left?.get(secret) ?? 0) > 0)) {
      for (const secret of secrets) left?.set(secret, (left.get(secret) ?? 0) - 1);
      return 'counted';
    }
    count(to, 'password again');
    askedAgain();
    return 'no';
  };

  await context.route('**/*', async (route) => {
    const request = route.request();
    if (await isOfStrayPopup(context, request)) {
      count(request.url(), 'popup');
      return route.abort('blockedbyclient');
    }
    if (!mayGo(request)) {
      count(request.url(), request.resourceType());
      return route.abort('blockedbyclient');
    }
    const isSafe = SAFE.has(request.method());
    const headers = saidInHeaders(request.headers());
    const body = request.postData() ?? '';
    const again = isSafe ? headers : `${body} ${headers}`;
    const secrets = countSent(request.url(), `${request.url()} ${body} ${headers}`, again);
    if (secrets === undefined) return route.abort('blockedbyclient');
    const isInHeaders = secrets.some((secret) => carries(headers, secret));
    if (left === undefined || (isSafe && !isInHeaders)) return letGo(route);
    return sendOnce(context, route, (to) => mayFollow(to, secrets));
  });
  await context.routeWebSocket(/.*/, (socket) => {
    if (allowed.has(new URL(socket.url().replace(/^ws/, 'http')).origin)) {
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        const text = message.toString();
        if (countSent(socket.url(), text, text) !== undefined) server.send(message);
      });
      return;
    }
    count(socket.url(), 'websocket');
    void socket.close();
  });
  // Routes see no redirects: here one is counted, and its page is left before it can be read.
  context.on('request', (request) => {
    if (request.redirectedFrom() === null || mayGo(request)) return;
    count(request.url(), 'redirect');
    if (request.isNavigationRequest()) void leave(request);
  });
  context.on('page', (page) => {
    page.on('dialog', (dialog) => {
      void (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()).catch(() => {});
    });
    page.on('popup', (popup) => {
      if (!admitPopup(context, popup)) void popup.close().catch(() => {});
    });
    page.on('download', (download) => {
      if (admitDownload(context, download)) return;
      count(download.url(), 'download');
      void download.cancel().catch(() => {});
    });
  });
  return {
    refused,
    holdsSecret,
    once: async (secrets, work, most = 1) => {
      const texts = new Set(secrets.map((secret) => secret.reveal()));
      // A code may be the same one again.
      spent = spent.filter((one) => !texts.has(one.reveal()));
      left = new Map(secrets.map((secret) => [secret, most]));
      const { promise: refusal, reject } = Promise.withResolvers<never>();
      refusal.catch(() => {});
      askedAgain = () =>
        reject(
          new PortalChanged(
            'The portal asks for the same once more at another address (a redirect that repeats the body): where that is its way, say so by signIn.submissions',
          ),
        );
      if (!armed) refuseSecrets();
      armed = true;
      try {
        return await Promise.race([work(), refusal]);
      } finally {
        left = undefined;
        spent = [...spent, ...secrets];
      }
    },
  };
};

/**
 * Pop-ups that nobody waits for get no document: closing one that has begun to load would let its
 * waiting requests through. The first request of a pop-up comes before its page is known.
 */
const isOfStrayPopup = async (context: BrowserContext, request: Request): Promise<boolean> => {
  if (!request.isNavigationRequest()) return false;
  let page: Page;
  try {
    page = request.frame().page();
  } catch {
    return !mayOpen(context, undefined);
  }
  return (await page.opener()) !== null && !mayOpen(context, page);
};

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Redirects that Chromium follows with the same body, and that no route sees. */
const REPEATS_BODY = new Set([307, 308]);
const MOST_FOLLOWED = 5;

/**
 * Sends it over a connection of ours, which never sends again, with the context's cookies. `follow`
 * says whether it may go to where such a redirect leads.
 */
const sendOnce = async (
  context: BrowserContext,
  route: Route,
  follow: (to: string) => 'unseen' | 'counted' | 'no',
): Promise<void> => {
  const before = process.memoryUsage.rss();
  // Its answer is gathered in this process, whose size alone tells of one without end.
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() - before > HARM_LIMITS.submissionBytes)
      void discardContext(context);
  }, LOOK_EVERY_MS);
  try {
    let url = route.request().url();
    for (let followed = 0; followed < MOST_FOLLOWED; followed += 1) {
      const response = await route.fetch({ url, maxRedirects: 0, maxRetries: 0, timeout: 0 });
      const { location } = response.headers();
      const to = location === undefined ? undefined : URL.parse(location, url)?.href;
      const how = REPEATS_BODY.has(response.status()) && to !== undefined ? follow(to) : 'unseen';
      if (how === 'no') return await route.abort('blockedbyclient');
      if (how === 'counted' && to !== undefined) {
        url = to;
        continue;
      }
      // The page is still at the first address, from which another redirect would lead elsewhere.
      const headers = { ...response.headers(), ...(to === undefined ? {} : { location: to }) };
      return await route.fulfill({ response, headers });
    }
    await route.abort('blockedbyclient');
  } catch {
    // Also when the page has gone meanwhile, and nobody is there to be told.
    await route.abort('connectionreset').catch(() => {});
  } finally {
    clearInterval(watch);
  }
};

const leave = async (request: Request): Promise<void> => {
  try {
    await request.frame().goto('about:blank');
  } catch {
    // The page is gone already, which is what is wanted.
  }
};

/** The part of the fence that a context has from its birth. */
export const GUARDED = { serviceWorkers: 'block', acceptDownloads: true } as const;

/** A page that asks for news every second has often such a request under way, and is owed nothing by it. */
const OWED_AFTER_MS = 1000;

/**
 * Requests for pages and data that wait for an answer, and answers that failed; those of windows
 * that the page opened too, where a first request comes before its window is known.
 */
export const watchTraffic = (page: Page): { portalOwes: () => boolean; forget: () => void } => {
  const context = page.context();
  const open = new Map<Request, number>();
  let failed = false;
  const matters = (request: Request): boolean =>
    ['document', 'xhr', 'fetch'].includes(request.resourceType());
  const onRequest = (request: Request): void => {
    if (matters(request)) open.set(request, performance.now());
  };
  const onFinished = (request: Request): void => void open.delete(request);
  const onFailed = (request: Request): void => {
    open.delete(request);
    const ours = /ERR_ABORTED|BLOCKED_BY_CLIENT/.test(request.failure()?.errorText ?? '');
    if (matters(request) && !ours) failed = true;
  };
  const onResponse = (response: Response): void => {
    if (matters(response.request()) && response.status() >= 500) failed = true;
  };
  context.on('request', onRequest);
  context.on('requestfinished', onFinished);
  context.on('requestfailed', onFailed);
  context.on('response', onResponse);
  page.once('close', () => {
    context.off('request', onRequest);
    context.off('requestfinished', onFinished);
    context.off('requestfailed', onFailed);
    context.off('response', onResponse);
  });
  return {
    portalOwes: () =>
      failed ||
      [...open].some(
        ([request, since]) =>
          request.resourceType() === 'document' || performance.now() - since >= OWED_AFTER_MS,
      ),
    forget: () => {
      failed = false;
    },
  };
};
