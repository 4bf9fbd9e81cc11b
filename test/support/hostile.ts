import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Carrier } from '#portal/contract.ts';

/** A portal that does what it can to hurt who reads it. Its carrier goes to the page that the number names. */
export interface HostilePortal extends AsyncDisposable {
  origin: string;
  carrier: Carrier;
  seen: string[];
}

/** What such a portal does, the page that does it, and how its reading ends. */
export interface Attack {
  what: string;
  path: string;
  why: RegExp;
  /** It ends by what the page does; the others end because they take too long. */
  byItself: boolean;
}

const attack =
  (byItself: boolean) =>
  (what: string, path: string, why: RegExp): Attack => ({ what, path, why, byItself });
const tooMuch = attack(true);
const tooLong = attack(false);

export const ATTACKS: readonly Attack[] = [
  tooMuch('redirects without end', 'redirect', /redirects without end/),
  tooMuch('goes from page to page', 'pages', /from page to page/),
  tooMuch('refreshes without end', 'refresh', /from page to page/),
  tooMuch('sends JSON without end', 'json', /too large|crashed/),
  tooMuch('fills the memory of scripts', 'heap', /crashed/),
  tooMuch('fills the memory of the machine', 'buffers', /crashed/),
  tooMuch('alerts without end', 'alerts', /dialogs without end/),
  tooMuch(
    'opens windows without end',
    'windows',
    /windows without end|from page to page|browser ended/,
  ),
  tooMuch('downloads without end', 'downloads', /downloads without end/),
  tooMuch('asks without end', 'requests', /asks for more/),
  tooMuch('adds frame to frame', 'frames', /from page to page|asks for more/),
  tooLong('sends a page without end', 'endless', /too large|did not answer/),
  tooLong('does not answer', 'hanging', /did not answer|took too long/),
  tooLong('stops in the middle of a page', 'half', /did not answer|took too long/),
  tooLong('keeps the processor busy', 'spin', /took too long|did not answer/),
  tooLong('fails without end', 'errors', /crashed|took too long|did not/),
  tooLong('floods the console', 'console', /took too long|did not answer|crashed/),
];

type Answer = string | ((response: ServerResponse) => void);

const HTML = { 'content-type': 'text/html' };

/** Written until the other side has gone. */
const without =
  (part: string | Buffer, head: Record<string, string> = HTML) =>
  (response: ServerResponse): void => {
    response.writeHead(200, head);
    const more = (): void => {
      while (!response.destroyed && response.write(part));
    };
    response.on('drain', more);
    more();
  };

const script = (code: string): string => `<h1>Policy</h1><script>${code}</script>`;

const attacks = (foreign: string): Record<string, Answer> => ({
  '/redirect': (response) => response.writeHead(302, { location: '/redirect?again' }).end(),
  '/pages': script('setTimeout(() => { location = "/pages?" + Math.random(); }, 20);'),
  '/refresh': '<meta http-equiv="refresh" content="0; url=/refresh">',
  '/frames': script(
    'setInterval(() => { const f = document.createElement("iframe"); f.src = "/blank?" + Math.random(); document.body.append(f); }, 5);',
  ),
  '/endless': without(`<p>${'x'.repeat(65_536)}</p>`),
  '/json': script('fetch("/endless-json").then((answer) => answer.text());'),
  '/endless-json': without(`"${'x'.repeat(65_536)}",`, { 'content-type': 'application/json' }),
  '/hanging': () => {},
  '/half': (response) => {
    response.writeHead(200, HTML).write('<h1>Policy');
  },
  '/spin': script('for (;;) {}'),
  '/heap': script('const all = []; for (;;) all.push(new Array(100000).fill(Math.random()));'),
  '/buffers': script(
    'const all = []; setInterval(() => all.push(new Uint8Array(50e6).fill(7)), 5);',
  ),
  '/alerts': script('for (;;) alert("again");'),
  '/leave': script(
    'addEventListener("beforeunload", (event) => { event.preventDefault(); }); addEventListener("unload", () => { for (;;) {} }); print();',
  ),
  '/windows': script('for (let i = 0; i < 200; i++) window.open("/blank?" + i);'),
  '/downloads': script(
    'setInterval(() => { const a = document.createElement("a"); a.href = URL.createObjectURL(new Blob(["x"])); a.download = "x.txt"; a.click(); }, 20);',
  ),
  '/errors': script(
    'setInterval(() => { for (let i = 0; i < 50; i++) setTimeout(() => { throw new Error("x".repeat(1e5)); }); }, 5);',
  ),
  '/console': script('for (;;) console.log("x".repeat(1e6));'),
  '/requests': script(
    'setInterval(() => { for (let i = 0; i < 10; i++) fetch("/blank?" + Math.random()).catch(() => {}); }, 10);',
  ),
  '/away': script(`location = "${foreign}/landed";`),
  '/notice': `<h1>Policy</h1><div id=o>Before you go on <button onclick="o.remove(); document.body.insertAdjacentHTML('beforeend', '<dl><dt>Status</dt><dd>Active</dd></dl>')">Later</button></div>`,
  '/sign-in':
    '<form method=post action="/flood"><label>Password <input name=p></label><button>Sign in</button></form>',
  '/flood': without(Buffer.alloc(1_000_000, 'x')),
  '/blank': '',
  '/fine':
    '<h1>Policy</h1><dl><dt>Policy number</dt><dd>fine</dd><dt>Status</dt><dd>Active</dd><dt>Cash Value</dt><dd>$5.00</dd></dl>',
});

export const startHostile = async (foreign: string): Promise<HostilePortal> => {
  const answers = attacks(foreign);
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    seen.push(path);
    const answer = answers[path] ?? '';
    if (typeof answer === 'function') answer(response);
    else response.writeHead(200, HTML).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    seen,
    carrier: carrierOf(origin),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const carrierOf = (origin: string): Carrier => ({
  id: 'hostile',
  name: 'Hostile',
  origins: [origin],
  demo: true,
  portalUrl: origin,
  unlockSteps: '',
  sessionMinutes: 20,
  automaticSignInsPerDay: 1,
  codes: 'never',
  signIn: {
    url: `${origin}/sign-in`,
    fields: [
      {
        name: 'password',
        label: 'Password',
        secret: true,
        autocomplete: 'current-password',
        find: { label: 'Password' },
      },
    ],
    submit: { role: ['button', 'Sign in'] },
    outcomes: [{ when: { css: 'h1' }, is: 'signed-in' }],
  },
  interruptions: [{ when: { text: /Before you go on/ }, close: { role: ['button', 'Later'] } }],
  openHome: async (page) => {
    await page.goto(`${origin}/fine`);
  },
  readPolicy: async (page, number) => {
    await page.goto(`${origin}/${number}`);
    await page.locator('dl').waitFor();
    return { html: { policy: await page.content() } };
  },
  parsePolicy: (_capture, number) => ({
    kind: 'found',
    snapshot: {
      number,
      status: 'Active',
      values: [{ name: 'Cash Value', amount: { minor: 500, currency: 'USD' }, asOf: '2026-11-20' }],
    },
  }),
});
