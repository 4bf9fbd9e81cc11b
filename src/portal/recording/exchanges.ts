import type { BrowserContext, Response } from 'playwright';
import { redactPage } from './redacted-page.ts';
import type { Redaction } from './redaction.ts';

/** A call of the portal and its answer, as they were; kept in memory alone. */
export interface Exchange {
  at: number;
  method: string;
  url: string;
  status: number;
  /** Media type of the answer, without its parameters. */
  type: string;
  headers: readonly (readonly [string, string])[];
  requestHeaders: readonly (readonly [string, string])[];
  sent?: string;
  body?: string;
}

const MOST_BODY = 2_000_000;
const READABLE = /html|json|csv|xml|text\/plain/;

/** Collects what a context exchanges with the portal, from now on. */
export const collectExchanges = (context: BrowserContext, clock: () => number) => {
  const exchanges: Exchange[] = [];
  const open = new Set<Promise<void>>();
  const take = async (response: Response): Promise<void> => {
    const request = response.request();
    if (!['document', 'xhr', 'fetch'].includes(request.resourceType())) return;
    const at = clock();
    const type = (response.headers()['content-type'] ?? '').split(';')[0] ?? '';
    const body = READABLE.test(type) ? await response.text().catch(() => undefined) : undefined;
    const sent = request.postData();
    exchanges.push({
      at,
      method: request.method(),
      url: request.url(),
      status: response.status(),
      type,
      headers: Object.entries(response.headers()),
      requestHeaders: Object.entries(request.headers()),
      ...(sent === null ? {} : { sent }),
      ...(body === undefined || body.length > MOST_BODY ? {} : { body }),
    });
  };
  context.on('response', (response) => {
    const taking = take(response).finally(() => open.delete(taking));
    open.add(taking);
  });
  return {
    /** What was exchanged so far is not kept. */
    forget: async (): Promise<void> => {
      await Promise.all(open);
      exchanges.length = 0;
    },
    all: async (): Promise<readonly Exchange[]> => {
      await Promise.all(open);
      return exchanges;
    },
  };
};

/** Told by name alone: an author wants to know what a call needs, and nobody its value. */
const NAMED_HEADERS = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'x-csrf-token',
  'x-xsrf-token',
  'x-requested-with',
  'accept',
]);
const MEDIA_TYPE = /^[a-z]+\/[\w.+-]+(; ?charset=[\w-]+)?$/i;

const headersOf = (headers: Exchange['headers'], redaction: Redaction) =>
  headers.flatMap(([name, value]) => {
    if (name === 'content-type')
      return [{ name, value: MEDIA_TYPE.test(value) ? value : 'redacted' }];
    if (name === 'location') return [{ name, value: redaction.url(value) }];
    return NAMED_HEADERS.has(name) ? [{ name, value: 'redacted' }] : [];
  });

/** A body as its media type says; what is of no known type is left out. */
export const redactBody = (body: string, type: string, redaction: Redaction): string => {
  if (/html|xml/.test(type)) return redactPage(body, redaction);
  if (/json/.test(type)) {
    try {
      return JSON.stringify(redaction.json(JSON.parse(body)), undefined, 2);
    } catch {
      return redaction.text(body);
    }
  }
  return redaction.text(body);
};

const sentOf = (sent: string, type: string, redaction: Redaction) => {
  if (/json/.test(type)) return { mimeType: type, text: redactBody(sent, type, redaction) };
  const params = [...new URLSearchParams(sent)].map(([name, value]) => ({
    name: redaction.identifier(name),
    value: redaction.text(value),
  }));
  return { mimeType: 'application/x-www-form-urlencoded', params };
};

const contentType = (headers: Exchange['headers']): string =>
  headers.find(([name]) => name === 'content-type')?.[1] ?? '';

/** HTTP Archive 1.2 (w3c.github.io/web-performance/specs/HAR), without times, cookies and anything personal. */
export const redactedHar = (exchanges: readonly Exchange[], redaction: Redaction): object => ({
  log: {
    version: '1.2',
    creator: { name: 'swivel-sync', version: '1' },
    entries: exchanges.map((each) => ({
      startedDateTime: new Date(each.at).toISOString(),
      time: 0,
      request: {
        method: each.method,
        url: redaction.url(each.url),
        httpVersion: 'HTTP/1.1',
        cookies: [],
        headers: headersOf(each.requestHeaders, redaction),
        queryString: [],
        ...(each.sent === undefined
          ? {}
          : { postData: sentOf(each.sent, contentType(each.requestHeaders), redaction) }),
        headersSize: -1,
        bodySize: -1,
      },
      response: {
        status: each.status,
        statusText: '',
        httpVersion: 'HTTP/1.1',
        cookies: [],
        headers: headersOf(each.headers, redaction),
        content: {
          size: -1,
          mimeType: MEDIA_TYPE.test(each.type) ? each.type : 'redacted',
          ...(each.body === undefined ? {} : { text: redactBody(each.body, each.type, redaction) }),
        },
        redirectURL: '',
        headersSize: -1,
        bodySize: -1,
      },
      cache: {},
      timings: { send: 0, wait: 0, receive: 0 },
    })),
  },
});
