import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a recording of the planted portal must not hold, in any form. */
export const PLANTED = {
  names: ['Margaret', 'Chen', "O'Brien", 'Aoife', 'Vandermeer', 'Quarry', 'Springfield'],
  numbers: ['00123-4567', '00998-1122', '123-45-6789', '987654321', '4929-1188-2210', '62704'],
  others: [
    '(212) 555-0147',
    'margaret.chen@mail.example',
    '03/14/1961',
    '1961-03-14',
    'tok_9f8e7d6c5b4a3210',
    'ck-5f4e3d2c1b0a9988',
    'csrf-77aa66bb55cc',
    'lantern-42',
    'aruiz77',
  ],
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const entities = (text: string): string =>
  Array.from(text, (sign) => `&#${sign.codePointAt(0)};`).join('');
const hexEntities = (text: string): string =>
  Array.from(text, (sign) => `&#x${sign.codePointAt(0)?.toString(16)};`).join('');
const percent = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16)}`).join('');

const page = (
  body: string,
): string => `<!doctype html><html lang="en"><head><title>Margaret Chen - Planted</title>
  <meta name="client" content="Margaret Chen"><link rel="canonical" href="/client/margaret-chen">
  <style>.who::after { content: "Margaret Chen" }</style></head>
  <body data-client='{"name":"Margaret Chen","ssn":"123-45-6789","born":"1961-03-14"}' class="client-margaret-chen">
  <!-- Margaret Chen, 123-45-6789 --><a href="/sign-out?sid=tok_9f8e7d6c5b4a3210">Sign out</a>
  <p>Signed in as aruiz77</p>${body}</body></html>`;

const search = `<form action="/search"><label for="n">Policy number</label><input id="n" name="n"><button>Search</button></form>`;

const policy = page(`
  <script>window.client = {"name": "Margaret Chen", "token": "tok_9f8e7d6c5b4a3210"}</script>
  <script type="application/json" id="state">{"owner":{"fullName":"Margaret Chen","ssn":123456789},"Margaret Chen":["00998-1122"],"accountValue":41250.75}</script>
  <dl><dt>Policy number</dt><dd id="policy-00123-4567">00123-4567</dd>
  <dt>Policy status</dt><dd>In Force</dd><dt>Product</dt><dd>Vandermeer Select</dd>
  <dt>Owner</dt><dd title="Margaret Chen" aria-label="Owner Margaret Chen">Mar<b>gar</b>et&nbsp;C<i>hen</i></dd>
  <dt>Spouse</dt><dd>Aoife O&#39;Brien</dd><dt>Joint owner</dt><dd>Mar&shy;garet Ch&#8203;en</dd>
  <dt>SSN</dt><dd>123-45-6789</dd><dt>Tax ID</dt><dd>123 45 6789</dd>
  <dt>Date of birth</dt><dd>03/14/1961</dd><dt>Birth</dt><dd>March 14, 1961</dd>
  <dt>Phone</dt><dd><a href="tel:+12125550147">(212) 555-0147</a></dd>
  <dt>E-mail</dt><dd><a href="mailto:margaret.chen@mail.example">margaret.chen@mail.example</a></dd>
  <dt>Address</dt><dd>48 Quarry Lane<br>Springfield, IL 62704</dd>
  <dt>Bank account</dt><dd>4929-1188-2210 / 987654321</dd></dl>
  <p>${entities('Margaret Chen')} ${hexEntities('123-45-6789')} &amp;#77;&amp;#97;rgaret ${entities('&#67;&#104;&#101;&#110;')}</p>
  <p>${base64('Margaret Chen 123-45-6789')} ${percent('Margaret Chen')} \\u004dargaret</p>
  <p data-name="${base64('Margaret Chen')}" data-ref="00998-1122" data-margaret-chen="1" onclick="open('Margaret Chen')" style="background: url(/img/margaret-chen)">Other policy <a href="/policy/00998-1122?owner=Margaret+Chen&amp;token=tok_9f8e7d6c5b4a3210#chen">009981122</a></p>
  <img src="/photo/margaret-chen.png" alt="Margaret Chen"><input type="hidden" name="csrf" value="csrf-77aa66bb55cc">
  <input name="note" value="Call Margaret Chen"><textarea>Chen, Margaret</textarea><select><option value="margaret">CHEN MARGARET</option></select>
  <template><p>Margaret Chen</p></template><noscript>Margaret Chen</noscript><svg><title>Margaret Chen</title></svg>
  <iframe srcdoc="<p>Margaret Chen</p>"></iframe><margaret-chen>Chen</margaret-chen>
  <table><tr><th>Value</th><th>Amount</th><th>As of</th></tr>
  <tr><td>Account Value</td><td>$41,250.75</td><td>ASOF</td></tr></table>
  <script>localStorage.setItem('bearer', 'tok_9f8e7d6c5b4a3210');
    fetch('/api/client/margaret-chen?ssn=123-45-6789', { headers: { authorization: 'Bearer tok_9f8e7d6c5b4a3210' } })</script>`);

const api = {
  clientName: 'Margaret Chen',
  owner: {
    first: 'Margaret',
    last: 'Chen',
    ssn: 123456789,
    dateOfBirth: '1961-03-14',
    taxId: '123-45-6789',
  },
  byClient: { 'Margaret Chen': ['00123-4567'] },
  note: JSON.stringify({ who: 'Margaret Chen' }),
  blob: base64('Margaret Chen'),
  html: '<b>Margaret</b> Chen',
  accessToken: 'tok_9f8e7d6c5b4a3210',
  accountNumber: 987654321,
  accountValue: 41250.75,
};

/** A portal with names and secrets wherever a portal can have them. `asOf` is as the page writes it. */
export const startPlantedPortal = async (asOf: string) => {
  const server = createServer((request, response) => {
    const path = URL.parse(request.url ?? '/', 'http://127.0.0.1')?.pathname ?? '/';
    const html = (text: string): void => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('x-client', 'Margaret Chen');
      response.setHeader('etag', 'margaret-chen-1');
      response.end(text.replaceAll('ASOF', asOf));
    };
    if (path === '/login' && request.method === 'POST') {
      request.resume();
      response.setHeader('set-cookie', [
        'session=ck-5f4e3d2c1b0a9988; Path=/',
        'who=Margaret%20Chen; Path=/',
      ]);
      response.statusCode = 303;
      response.setHeader('location', '/home/margaret-chen?token=tok_9f8e7d6c5b4a3210');
      response.end();
    } else if (path === '/login')
      html(
        '<form method="post"><label>User <input name="u"></label><label>Password <input name="p" type="password"></label><button>Sign in</button></form>',
      );
    else if (path.startsWith('/api/')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(api));
    } else if (path === '/search') {
      const number = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('n') ?? '';
      html(
        page(
          number.replaceAll(/\D/g, '') === '001234567'
            ? `${search}<p>Margaret Chen</p><a href="/policy/00123-4567">00123-4567</a>`
            : `${search}<p>No policies were found.</p>`,
        ),
      );
    } else if (path.startsWith('/policy/')) html(policy);
    else html(page(search));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};
