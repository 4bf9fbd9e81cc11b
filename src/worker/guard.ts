import type { BrowserContext, Page, Request } from 'playwright';

const NEVER_NEEDED = new Set(['image', 'font', 'media']);

/** What was refused, by host and kind: "fonts.example (font)" -> 3. */
export type Refused = ReadonlyMap<string, number>;

/**
 * Fences a context: only the carrier's origins are talked to, and no images, fonts or media are
 * loaded. Pop-ups and dialogs are closed. The context itself must be made with `GUARDED`.
 */
export const guard = async (
  context: BrowserContext,
  origins: readonly string[],
): Promise<Refused> => {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  const refused = new Map<string, number>();
  const count = (url: string, kind: string): void => {
    const key = `${URL.parse(url)?.host ?? 'no host'} (${kind})`;
    refused.set(key, (refused.get(key) ?? 0) + 1);
  };
  const mayGo = (request: Request): boolean =>
    allowed.has(URL.parse(request.url())?.origin ?? '') &&
    !NEVER_NEEDED.has(request.resourceType());

  await context.route('**/*', async (route) => {
    const request = route.request();
    if (mayGo(request)) return route.continue();
    count(request.url(), request.resourceType());
    return route.abort('blockedbyclient');
  });
  await context.routeWebSocket(/.*/, (socket) => {
    if (allowed.has(new URL(socket.url().replace(/^ws/, 'http')).origin)) {
      socket.connectToServer();
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
      count(popup.url(), 'popup');
      void popup.close().catch(() => {});
    });
  });
  return refused;
};

const leave = async (request: Request): Promise<void> => {
  try {
    await request.frame().goto('about:blank');
  } catch {
    // The page is gone already, which is what is wanted.
  }
};

/** The part of the fence that a context has from its birth. */
export const GUARDED = { serviceWorkers: 'block', acceptDownloads: false } as const;

/** Requests for pages and data that wait for an answer now, and answers that failed. */
export const watchTraffic = (page: Page): { portalOwes: () => boolean; forget: () => void } => {
  const open = new Set<Request>();
  let failed = false;
  const matters = (request: Request): boolean =>
    ['document', 'xhr', 'fetch'].includes(request.resourceType());
  page.on('request', (request) => {
    if (matters(request)) open.add(request);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  page.on('response', (response) => {
    if (matters(response.request()) && response.status() >= 500) failed = true;
  });
  return {
    portalOwes: () => failed || open.size > 0,
    forget: () => {
      failed = false;
    },
  };
};
