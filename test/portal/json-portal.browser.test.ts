import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser, type WorkerBrowser } from '#portal/browser.ts';
import { GUARDED } from '#portal/guard.ts';
import { createJsonPortal } from '#portal/json-portal.ts';
import type { JsonPortal } from '#portal/contract.ts';

let browser: WorkerBrowser;
let server: Server;
let page: Page;
let portal: JsonPortal;

/** What the answers of the portal are, by address; each is of one kind that an adapter may meet. */
const ANSWERS: Record<string, { status?: number; location?: string; body?: string }> = {
  '/fine': { body: '{"results":[]}' },
  '/none': { status: 404, body: '{"results":[]}' },
  '/ended': { status: 401, body: '{}' },
  '/moved': { status: 302, location: '/fine' },
  '/large': { body: JSON.stringify('x'.repeat(5_000_001)) },
  '/page': { body: '<html></html>' },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/silent') return;
    const { status = 200, location, body = '' } = ANSWERS[path] ?? { body: '<h1>home</h1>' };
    response.writeHead(status, {
      'content-type': path === '/' ? 'text/html' : 'application/json',
      ...(location === undefined ? {} : { location }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = createBrowser({ launch: browserLaunch(chromium, process.env), origins: [origin] });
  page = await (await browser.newContext(GUARDED)).newPage();
  await page.goto(origin);
  portal = createJsonPortal({ page: () => page, origins: [origin], limitMs: 1000 });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

it.each(['/fine', '/none'])('JSON at %s is given as it is', async (path) => {
  expect(await portal.get(path)).toEqual({ results: [] });
});

it.each([
  ['/moved', 'An answer leads elsewhere'],
  ['/large', 'An answer is too large'],
  ['/page', 'An answer is not JSON'],
  ['/ended', 'The portal answered with status 401'],
  ['/silent', 'carrier-down'],
])('what comes of %s is no JSON: %s', async (path, why) => {
  await expect(portal.get(path)).rejects.toThrow(why);
});

it('asks for nothing from a page that is not of the portal', async () => {
  const before = page;
  page = await before.context().newPage();
  await expect(portal.get('/fine')).rejects.toThrow('No page of the portal is open');
  await expect(portal.stored('token')).rejects.toThrow('No page of the portal is open');
  await page.close();
  page = before;
});
