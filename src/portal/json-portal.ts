import type { Page } from 'playwright';
import type { JsonPortal } from './contract.ts';
import { AnswerRefused, PortalChanged, StepEnded, failure } from './failure.ts';

/** Far more than a portal says of one policy or of one screen of a book. */
const MOST_BYTES = 5_000_000;

/**
 * The portal's JSON through the page itself: its cookies, its connection and the context's fence are
 * those of the page's own scripts. `page` gives the one that is open at each call.
 */
export const createJsonPortal = (deps: {
  page: () => Page;
  origins: readonly string[];
  /** One answer, ms. */
  limitMs: number;
}): JsonPortal => {
  const allowed = new Set(deps.origins.map((origin) => new URL(origin).origin));
  const isOurs = (address: string): boolean => allowed.has(URL.parse(address)?.origin ?? '');

  /** A page that is elsewhere, as a new one, has neither cookies nor storage of the portal. */
  const openPage = (): Page => {
    const page = deps.page();
    if (!isOurs(page.url())) throw new PortalChanged('No page of the portal is open');
    return page;
  };

  const ask = async (
    address: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<unknown> => {
    const page = openPage();
    const url = URL.parse(address, page.url())?.href ?? '';
    if (!isOurs(url)) throw new PortalChanged('An address is outside the origins of the carrier');
    const answer = await page.evaluate(fetchText, {
      url,
      headers,
      body,
      most: MOST_BYTES,
      limitMs: deps.limitMs,
    });
    if ('status' in answer && answer.status >= 400 && answer.status !== 404)
      throw new AnswerRefused(answer.status);
    if ('late' in answer)
      throw new StepEnded(failure('carrier-down', 'The portal did not answer in time'));
    if ('why' in answer) throw new PortalChanged(answer.why);
    try {
      return JSON.parse(answer.text) as unknown;
    } catch {
      throw new PortalChanged('An answer is not JSON');
    }
  };

  return {
    get: (address, headers = {}) => ask(address, headers),
    post: (address, body, headers = {}) =>
      ask(address, { 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
    stored: async (key) =>
      (await openPage().evaluate(
        (name) => sessionStorage.getItem(name) ?? localStorage.getItem(name),
        key,
      )) ?? undefined,
  };
};

/** Runs in the page. */
const fetchText = async (asked: {
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  most: number;
  limitMs: number;
}): Promise<{ status: number; text: string } | { why: string } | { late: true }> => {
  try {
    const answer = await fetch(asked.url, {
      headers: { accept: 'application/json', ...asked.headers },
      ...(asked.body === undefined ? {} : { method: 'POST', body: asked.body }),
      credentials: 'include',
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(asked.limitMs),
    });
    if (answer.type === 'opaqueredirect') return { why: 'An answer leads elsewhere' };
    const decoder = new TextDecoder();
    let text = '';
    let size = 0;
    const reader = answer.body?.getReader();
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      size += part.value.length;
      if (size > asked.most) {
        void reader?.cancel();
        return { why: 'An answer is too large' };
      }
      text += decoder.decode(part.value, { stream: true });
    }
    return { status: answer.status, text: text + decoder.decode() };
  } catch (error) {
    const { name } = error as Error;
    return name === 'TimeoutError' ? { late: true } : { why: `An answer did not come: ${name}` };
  }
};
