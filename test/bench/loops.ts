import { createServer, request, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { browserLaunch, findChromium, projectFolder } from '#setup/tools.mjs';
import { SANDBOX } from '#simulator/portals/sandbox.ts';
import { startPortals } from '#simulator/portals/start.ts';
import { createBrowser } from '#portal/browser.ts';
import { loadCarriers } from '#portal/carriers.ts';
import type { Carrier } from '#portal/contract.ts';
import { createPortals } from '#portal/portals.ts';
import { sandboxSession } from '#test/support/sandbox.ts';
import { atLeast, type Figure } from './figure.ts';

const READS = 40;
/** A portal answers each request this late; and at once, where nothing but our own work is left. */
const ANSWERS_MS = [250, 0] as const;

const numberAt = (index: number): string => `SB-${1001 + (index % 30)}`;

/** The same portal, further away. */
const startDistant = async (
  url: string,
  ms: number,
): Promise<{ url: string; close: () => Promise<void> }> => {
  const { hostname, port } = new URL(url);
  const server: Server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const to = request({ hostname, port, method, path, headers }, (from) => {
      setTimeout(() => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      }, ms);
    });
    to.on('error', () => answer.destroy());
    asked.pipe(to);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** Policies a minute. */
const paceOf = async (read: (nth: number) => Promise<void>): Promise<number> => {
  const began = performance.now();
  for (let nth = 0; nth < READS; nth += 1) await read(nth);
  return READS / ((performance.now() - began) / 60_000);
};

const textOf = async (response: Response): Promise<string> => {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return text;
};

/** Signed in by hand, as a script with an HTTP client and no browser; what a policy takes it to read. */
const BARE: Record<string, (address: string) => Promise<(nth: number) => Promise<void>>> = {
  'northbridge-life': async (address) => {
    const { headers } = await fetch(`${address}/login`, {
      method: 'POST',
      body: new URLSearchParams({ userId: 'sandbox', password: SANDBOX.password }),
      redirect: 'manual',
    });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    const get = async (path: string) =>
      textOf(await fetch(`${address}${path}`, { headers: { cookie } }));
    return async (nth) => {
      const results = await get(`/policies?number=${numberAt(nth)}`);
      const link = /href="(\/policies\/[^"]+)"/.exec(results)?.[1];
      if (link === undefined) throw new Error(`${numberAt(nth)} was not found`);
      await get(link);
    };
  },
  'meridian-annuity': async (address) => {
    const post = async (path: string, body: object) =>
      JSON.parse(
        await textOf(
          await fetch(`${address}/api${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        ),
      ) as { id?: string; token?: string };
    const { id } = await post('/sign-in', { user: 'sandbox', password: SANDBOX.password });
    const { token } = await post('/code', { id, code: SANDBOX.code });
    const get = async (path: string) =>
      JSON.parse(
        await textOf(
          await fetch(`${address}/api${path}`, { headers: { authorization: `Bearer ${token}` } }),
        ),
      ) as { results?: { id: string }[] };
    return async (nth) => {
      const { results = [] } = await get(`/contracts?number=${numberAt(nth)}`);
      await get(`/contracts/${results[0]?.id ?? ''}`);
    };
  },
};

const pagesOnly = ({ readJson: _json, readBook: _book, ...pages }: Carrier): Carrier => pages;
const asIs = (carrier: Carrier): Carrier => carrier;

const WAYS = [
  ['northbridge-life', 'pages', pagesOnly, 0.4],
  ['meridian-annuity', 'JSON', asIs, 0.8],
] as const;

/** Policies a minute of one signed-in login, against a loop of bare requests of the same answers. */
export const measureLoops = async (say: (figure: Figure) => void): Promise<void> => {
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm start sets one up');
  for (const [id, what, way, least] of WAYS)
    for (const ms of ANSWERS_MS) {
      await using stack = new AsyncDisposableStack();
      const sites = await startPortals({ data: { logins: [], policies: [] }, only: [id] });
      stack.defer(sites.close);
      await sites.of(id).secondSession('allowed');
      const distant = await startDistant(sites.addresses[id] ?? '', ms);
      stack.defer(distant.close);
      const carriers = await loadCarriers({
        folders: [join(projectFolder, 'carriers')],
        addresses: { [id]: distant.url },
        allowDemo: true,
      });
      const carrier = carriers.find((each) => each.id === id);
      const signIn = BARE[id];
      if (carrier === undefined || signIn === undefined) throw new Error(`there is no ${id}`);
      const browser = stack.use(
        createBrowser({
          launch: browserLaunch(chromium, process.env),
          origins: carrier.origins,
        }),
      );
      const portals = createPortals({ browser, carriers: [way(carrier)], clock: Date.now });
      const bare = await paceOf(await signIn(distant.url));
      const session = stack.use(await sandboxSession(portals, id, 'sandbox'));
      const ours = await paceOf(async (nth) => {
        const reading = await session.read(numberAt(nth));
        if (reading.kind === 'failure') throw new Error(`${numberAt(nth)}: ${reading.reason}`);
      });
      const at = ms === 0 ? 'a portal that answers at once' : `a portal that answers in ${ms} ms`;
      say(
        atLeast(
          `policies by ${what} at ${at}, against a bare loop of signed-in requests`,
          ours / bare,
          'x',
          least,
        ),
      );
    }
};
