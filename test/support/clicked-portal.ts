import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where things stand on its pages, in pixels: whoever sees a picture of them alone presses there. */
export const PLACES = {
  user: { x: 100, y: 20 },
  password: { x: 100, y: 60 },
  signIn: { x: 100, y: 100 },
  signOut: { x: 500, y: 20 },
  contracts: { x: 100, y: 140 },
  all: { x: 300, y: 140 },
  // In a frame that begins at 0, 200.
  show: { x: 100, y: 220 },
  closed: { x: 20, y: 260 },
  number: { x: 100, y: 300 },
  /** "View" of the second of two rows. */
  view: { x: 300, y: 300 },
};

const at = ({ x, y }: { x: number; y: number }, up = 0): string =>
  `style="position:absolute;left:${x - 10}px;top:${y - up - 10}px"`;

const page = (body: string): string =>
  `<!doctype html><html lang="en"><head><title>Clicked</title><style>body{margin:0}</style></head><body>${body}</body></html>`;

const home = (body: string): string =>
  page(`<a href="/login?left" ${at(PLACES.signOut)}>LEAVE</a>${body}`);

const POLICIES: Record<string, string> = { 'SB-1000': 'Term Life', 'SB-1001': 'Flexible Life' };

const policy = (number: string): string =>
  page(`<dl><dt>Policy number</dt><dd>${number}</dd><dt>Policy status</dt><dd>In Force</dd></dl>
    <table><tr><th>Value</th><th>Amount</th><th>As of</th></tr>
    <tr><td>Account Value</td><td>$41,250.75</td><td>ASOF</td></tr></table>`);

const list = (asked: string, all: boolean): string => {
  const rows = Object.entries(POLICIES)
    .filter(([number]) => all && number.slice(0, 5) === asked.slice(0, 5))
    .map(
      ([number, plan]) =>
        `<tr style="height:40px"><td width="120">${number}</td><td width="160">${plan}</td><td width="100" ondblclick="window.open('/policy/${number}')">View</td></tr>`,
    );
  return page(
    rows.length === 0
      ? '<p>No policies were found.</p>'
      : `<table ${at({ x: 10, y: 250 }, 200)} cellspacing="0">${rows.join('')}</table>`,
  );
};

/** A line for each policy. */
const all = (): string =>
  page(`<p>2 policies in all</p><table>
    <tr><th>Policy number</th><th>Plan name</th><th>Policy status</th><th>Account Value</th><th>As of</th></tr>
    ${Object.entries(POLICIES)
      .map(
        ([number, plan]) =>
          `<tr><td>${number}</td><td>${plan}</td><td>In Force</td><td>$41,250.75</td><td>ASOF</td></tr>`,
      )
      .join('')}</table>`);

const WORK = page(`<form action="/list">
  <select name="show" aria-label="Show" ${at(PLACES.show, 200)}><option>Open ones</option><option>All policies</option></select>
  <label ${at(PLACES.closed, 200)}><input type="checkbox" name="closed" value="yes"> Closed ones too</label>
  <input name="n" placeholder="Policy number" ${at(PLACES.number, 200)}></form>`);

/**
 * A portal whose policies are come to by a link, a frame, a menu, a box, Enter, and a double click in
 * the number's row that opens a window; a link leads to the list of all. `asOf` is as the page writes it; each page asks `elsewhere` too.
 */
export const startClickedPortal = async ({
  asOf,
  elsewhere = '',
  leave = 'Sign out',
}: {
  asOf: string;
  elsewhere?: string;
  /** What shows only behind the sign-in. */
  leave?: string;
}) => {
  const asked: string[] = [];
  const signedIn: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    asked.push(`${request.method} ${request.url}`);
    const html = (text: string): void => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      const asks = elsewhere && `<script>fetch('${elsewhere}').catch(() => {})</script>`;
      response.end(
        text
          .replaceAll('ASOF', asOf)
          .replaceAll('LEAVE', leave)
          .replace('</body>', `${asks}</body>`),
      );
    };
    if (pathname === '/login' && request.method === 'POST') {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        signedIn.push(body);
        response.writeHead(303, { 'set-cookie': 'desk=open; Path=/', location: '/home' }).end();
      });
    } else if (pathname === '/login')
      html(
        page(
          `<form method="post"><input name="u" aria-label="User" ${at(PLACES.user)}><input name="p" type="password" aria-label="Password" ${at(PLACES.password)}><button ${at(PLACES.signIn)}>Sign in</button></form>`,
        ),
      );
    else if (!/desk=open/.test(request.headers.cookie ?? ''))
      response.writeHead(303, { location: '/login' }).end();
    else if (pathname === '/contracts')
      html(
        home(
          `<iframe name="work" src="/work" style="position:absolute;left:0;top:200px;width:600px;height:400px;border:0"></iframe>`,
        ),
      );
    else if (pathname === '/work') html(WORK);
    else if (pathname === '/all') html(all());
    else if (pathname === '/list')
      html(
        list(
          searchParams.get('n') ?? '',
          searchParams.get('show') === 'All policies' && searchParams.has('closed'),
        ),
      );
    else if (pathname.startsWith('/policy/')) html(policy(pathname.slice('/policy/'.length)));
    else
      html(
        home(
          `<a href="/contracts" ${at(PLACES.contracts)}>Contracts</a><a href="/all" ${at(PLACES.all)}>All policies</a>`,
        ),
      );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every request, in its order. */
    asked,
    /** What was posted to sign in. */
    signedIn,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};
