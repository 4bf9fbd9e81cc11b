import { expect, it } from 'vitest';
import { openLinkSite, type LinkSite } from '#test/support/link-site.ts';

const formOf = async (url: string) => {
  const response = await fetch(url);
  const html = await response.text();
  return {
    response,
    html,
    proof: /name="proof" value="([^"]+)"/.exec(html)?.[1] ?? '',
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  };
};

const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });

const linkRow = (site: LinkSite) => site.firm.db.selectFrom('link').selectAll().executeTakeFirst();

it('says that it is well', async () => {
  await using site = await openLinkSite({ web: { health: () => Promise.resolve({ waiting: 0 }) } });
  expect(await (await fetch(`${site.origin}/health`)).json()).toEqual({ ok: true, waiting: 0 });
});

it('answers with strict headers, and a look ties the link to nobody', async () => {
  await using site = await openLinkSite();
  const { url } = await site.issue();
  const { response, html } = await formOf(url);
  expect(response.status).toBe(200);
  expect(html).toContain('Northbridge Life');
  expect(html).not.toMatch(/<style|style=|onclick|<script>/);
  const headers = Object.fromEntries(response.headers);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  expect(headers['x-powered-by']).toBeUndefined();
  await fetch(url, { method: 'HEAD' });
  expect(await linkRow(site)).toMatchObject({ browser_hash: null, finished_at: null });
});

it('takes a form only from its own page in the same browser', async () => {
  await using site = await openLinkSite();
  const { url } = await site.issue();
  const { proof, cookie } = await formOf(url);
  const refused = [
    await post(`${url}/continue`, {}),
    await post(`${url}/continue`, { proof }),
    await post(`${url}/continue`, { proof: 'forged' }, { cookie }),
    await post(`${url}/continue`, { proof }, { cookie, 'sec-fetch-site': 'cross-site' }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  expect(await linkRow(site)).toMatchObject({ browser_hash: null });
  const taken = await post(`${url}/continue`, { proof }, { cookie });
  expect([taken.status, taken.headers.get('location')]).toEqual([303, new URL(url).pathname]);
});

it('marks its cookies HttpOnly and Strict, and Secure where it is served by https', async () => {
  await using site = await openLinkSite({ web: { publicUrl: 'https://sync.example/' } });
  const { url } = await site.issue();
  const { proof, cookie, response } = await formOf(url);
  expect(response.headers.getSetCookie().join()).toMatch(
    /^__Host-swivel-form=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const set = (await post(`${url}/continue`, { proof }, { cookie })).headers.getSetCookie().join();
  expect(set).toMatch(/^__Host-swivel-browser=.*; HttpOnly; Secure; SameSite=Strict$/);
});

it('stands under a path of its own when the public address has one', async () => {
  await using site = await openLinkSite({ web: { publicUrl: 'https://firm.example/sync/' } });
  const { url, token } = await site.issue();
  expect((await formOf(url)).html).toContain(`action="/sync/link/${token}/continue"`);
});

it('refuses bad input in plain words, and never with a stack', async () => {
  await using site = await openLinkSite();
  const { url } = await site.issue();
  const { proof, cookie } = await formOf(url);
  const answers = [
    await fetch(`${site.origin}/link/unknown`),
    await fetch(`${site.origin}/link/%E0%A4%A`),
    await fetch(`${site.origin}/link/${'x'.repeat(10_000)}`),
    await fetch(`${site.origin}/link/`),
    await fetch(`${url}/nothing`),
    await post(`${url}/continue`, { proof, more: 'x'.repeat(20_000) }, { cookie }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 413]);
  for (const answer of answers) expect(await answer.text()).not.toMatch(/at .*\.ts|Error:/);
});

it('slows down whoever sends forms without end', async () => {
  await using site = await openLinkSite({ web: { limits: { posts: 2, visits: 100 } } });
  const { url } = await site.issue();
  const statuses = [];
  for (let time = 0; time < 3; time += 1) statuses.push((await post(`${url}/continue`, {})).status);
  expect(statuses).toEqual([403, 403, 429]);
});

it('keeps what goes wrong out of the page, and the address out of the log', async () => {
  await using site = await openLinkSite({
    firm: {
      carrier: () => {
        throw new Error('The list of carriers is broken.');
      },
    },
  });
  const { url, token } = await site.issue();
  const response = await fetch(url);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('Something went wrong here');
  expect(site.log.join()).toContain('The list of carriers is broken.');
  expect(site.log.join()).not.toContain(token);
});
