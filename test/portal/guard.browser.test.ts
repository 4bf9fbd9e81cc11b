import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { Secret } from '#shared/secret.ts';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser, type WorkerBrowser } from '#portal/browser.ts';
import { GUARDED, guard } from '#portal/guard.ts';

const PATIENT = { timeout: 30_000 };
let browser: WorkerBrowser;
let home: { server: Server; origin: string; seen: string[] };
let foreign: typeof home;

const serve = async (
  pages: (url: string) => { location?: string; status?: number; body?: string },
) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    const { location, status = 302, body = '' } = pages(request.url ?? '');
    if (location !== undefined) response.writeHead(status, { location });
    else
      response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

beforeAll(async () => {
  foreign = await serve(() => ({ body: '<h1>elsewhere</h1>' }));
  home = await serve((url) => {
    if (url === '/blank') return {};
    const [, repeats, way] = /^\/repeats-(30[78])-(.+)$/.exec(url) ?? [];
    if (way !== undefined) {
      const to = { here: '/taken', twice: '/repeats-307-here', there: `${foreign.origin}/taken` };
      return { location: to[way as keyof typeof to], status: Number(repeats) };
    }
    if (url === '/taken') return { location: '/home', status: 303 };
    if (url === '/away') return { location: `${foreign.origin}/landed` };
    return {
      body: `<h1>home</h1><img src="/own.png"><img src="${foreign.origin}/pixel.png">
        <script src="${foreign.origin}/tracker.js"></script>
        <script>
          fetch('${foreign.origin}/fetch').catch(() => {});
          fetch('/own');
          navigator.sendBeacon('${foreign.origin}/beacon', 'x');
          new WebSocket('${foreign.origin.replace('http', 'ws')}/socket');
          navigator.serviceWorker?.register('/worker.js').catch(() => {});
          window.open('/popup');
          document.body.insertAdjacentHTML('beforeend', '<a href="/blank" target="_blank">x</a>');
          document.querySelector('a').click();
          alert('hello');
        </script>`,
    };
  });
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = createBrowser({
    launch: browserLaunch(chromium, process.env),
    origins: [home.origin],
  });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  home.server.close();
  foreign.server.close();
});

it('lets a page talk to its own carrier alone, and counts what was refused', async () => {
  const context = await browser.newContext(GUARDED);
  const { refused } = await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(home.origin);
  const host = new URL(foreign.origin).host;
  const expected = ['image', 'script', 'fetch', 'websocket'].map((kind) => `${host} (${kind})`);
  await vi.waitFor(
    () => expect([...refused.keys()]).toEqual(expect.arrayContaining(expected)),
    PATIENT,
  );
  await vi.waitUntil(() => home.seen.includes('/own') && context.pages().length === 1, PATIENT);
  expect(foreign.seen).toEqual([]);
  expect(home.seen).not.toContain('/own.png');
  for (const path of ['/worker.js', '/popup', '/blank']) expect(home.seen).not.toContain(path);
  expect(refused.get(`${new URL(home.origin).host} (popup)`)).toBeGreaterThan(0);
  await context.close();
});

it('has no side doors: shared workers, requests put off, peer connections', async () => {
  const peer = createSocket('udp4');
  let heard = 0;
  peer.on('message', () => void (heard += 1));
  await new Promise<void>((resolve) => peer.bind(0, '127.0.0.1', resolve));
  const context = await browser.newContext(GUARDED);
  await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(`${home.origin}/blank`);
  const before = foreign.seen.length;
  const shared = await page.evaluate(
    async (to) => {
      const later = (globalThis as { fetchLater?: (url: string, how: object) => void }).fetchLater;
      later?.(`${to.origin}/later`, { activateAfter: 0 });
      const connection = new RTCPeerConnection({ iceServers: [{ urls: to.stun }] });
      connection.createDataChannel('x');
      const gathered = new Promise((resolve) => {
        connection.onicegatheringstatechange = () =>
          connection.iceGatheringState === 'complete' && resolve(undefined);
      });
      await connection.setLocalDescription(await connection.createOffer());
      await gathered;
      return typeof SharedWorker;
    },
    { origin: foreign.origin, stun: `stun:127.0.0.1:${peer.address().port}` },
  );
  await context.close();
  peer.close();
  expect(shared).toBe('undefined');
  expect(heard).toBe(0);
  expect(foreign.seen.slice(before)).toEqual([]);
});

it('leaves a page that a redirect took elsewhere', async () => {
  const context = await browser.newContext(GUARDED);
  const { refused } = await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(`${home.origin}/away`).catch(() => undefined);
  await vi.waitUntil(() => page.url() === 'about:blank', PATIENT);
  expect([...refused.keys()]).toContain(`${new URL(foreign.origin).host} (redirect)`);
  await context.close();
});

it('resolves no name but those of carriers', async () => {
  const context = await browser.newContext({});
  const page = await context.newPage();
  const port = new URL(foreign.origin).port;
  await expect(page.goto(`http://localhost:${port}/`)).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
  await context.close();
});

it('hands Chromium none of the secrets in the environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const executablePath = join(folder, 'tells-its-environment');
  writeFileSync(executablePath, `#!/bin/sh\nenv > ${folder}/environment\nexit 1\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, SLACK_BOT_TOKEN: 'xoxb-secret' };
  const launch = { ...browserLaunch({ path: executablePath }, env), env };
  await using own = createBrowser({ launch, origins: [home.origin] });
  await expect(own.newContext({})).rejects.toThrow('ends as it starts');
  const handed = readFileSync(join(folder, 'environment'), 'utf8');
  expect(handed).toContain('PATH=');
  expect(handed).not.toContain('xoxb-secret');
});

it('lets a secret be submitted once, whatever the page tries, and other posts as often as it likes', async () => {
  const context = await browser.newContext(GUARDED);
  const { refused, once } = await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(`${home.origin}/blank`);
  const before = home.seen.length;
  const post = (path: string, body: string) =>
    page.evaluate(
      async (to) =>
        (await fetch(to.path, { method: 'POST', body: to.body }).catch(() => undefined))?.ok,
      { path, body },
    );
  const password = [new Secret('p&ss "word"')];
  const answers = await once(password, async () => [
    await post('/sign-in', 'user=ana&password=p%26ss+%22word%22'),
    await post('/sign-in', 'user=ana&password=p%26ss+%22word%22'),
    // As a page does that repeats a failed request: another id, another address, another form.
    await post('/sign-in', 'try=2&user=ana&password=p%26ss+%22word%22'),
    await post('/sign-in?try=3', 'user=ana&password=p%26ss+%22word%22'),
    await post('/api', '{"password":"p&ss \\"word\\""}'),
    await post('/poll', '{}'),
    await post('/poll', '{}'),
  ]);
  expect(answers).toEqual([true, undefined, undefined, undefined, undefined, true, true]);
  expect(home.seen.slice(before).filter((path) => /sign-in|api/.test(path))).toHaveLength(1);
  expect(refused.get(`${new URL(home.origin).host} (password again)`)).toBe(4);
  const twice = await once(
    password,
    async () => [
      await post('/check', '{"password":"p&ss \\"word\\""}'),
      await post('/sign-in', 'password=p%26ss+%22word%22'),
      await post('/sign-in', 'password=p%26ss+%22word%22'),
    ],
    2,
  );
  expect(twice).toEqual([true, true, undefined]);
  const code = await once([new Secret('123456')], async () => [
    await post('/beacon', '{"at":1712345600000}'),
    await post('/code', 'code=123456'),
    await post('/code', 'code=123456&again=1'),
  ]);
  expect(code).toEqual([true, true, undefined]);
  // The sign-in is over, and the page goes on: what it posts of its own goes, no secret does.
  expect(await post('/sign-in', 'password=p%26ss+%22word%22')).toBeUndefined();
  expect(await post('/code', 'code=123456')).toBeUndefined();
  expect(await post('/poll', '{}')).toBe(true);
  // A code that is sent anew may be the one of before.
  const same = await once([new Secret('123456')], () => post('/code', 'code=123456'));
  expect(same).toBe(true);
  await context.close();
});

it('lets a secret be submitted once in a header or over a socket, and refuses it there afterwards', async () => {
  const sockets = new WebSocketServer({ server: home.server });
  const heard: string[] = [];
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      socket.send('heard');
    }),
  );
  const context = await browser.newContext(GUARDED);
  const { refused, once } = await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(`${home.origin}/blank`);
  const ask = (headers: Record<string, string>, method = 'GET') =>
    page.evaluate(async (how) => (await fetch('/in-header', how).catch(() => undefined))?.ok, {
      method,
      headers,
    });
  const say = (...words: string[]) =>
    page.evaluate(
      async ({ to, said }) => {
        const socket = new WebSocket(to);
        await new Promise((resolve) => socket.addEventListener('open', resolve));
        const answered = new Promise((resolve) => socket.addEventListener('message', resolve));
        for (const word of said) socket.send(word);
        socket.send('done');
        await answered;
        socket.close();
      },
      { to: home.origin.replace('http', 'ws'), said: words },
    );
  const basic = `Basic ${Buffer.from('ana:h@sh hush').toString('base64')}`;
  const password = [new Secret('h@sh hush')];
  const before = home.seen.length;
  const answers = await once(password, async () => [
    await ask({ authorization: basic }),
    await ask({ authorization: basic }),
    await ask({ 'x-password': 'h@sh hush' }, 'POST'),
    await ask({ 'x-other': 'hush' }),
  ]);
  expect(answers).toEqual([true, undefined, undefined, true]);
  expect([await ask({ authorization: basic }), await ask({})]).toEqual([undefined, true]);
  expect(home.seen.slice(before).filter((path) => path === '/in-header')).toHaveLength(3);

  const submission = '{"password":"h@sh hush"}';
  await once(password, () => say('hello', submission, submission));
  await say(submission, 'hello');
  await vi.waitFor(() => expect(heard).toHaveLength(5), PATIENT);
  expect(heard).toEqual(['hello', submission, 'done', 'hello', 'done']);
  expect(refused.get(`${new URL(home.origin).host} (password again)`)).toBe(5);
  await context.close();
  await new Promise((resolve) => sockets.close(resolve));
});

it.each([
  { does: 'asks again', keepalive: false },
  { does: 'asks again for what outlives it', keepalive: true },
])('sends no secret again while a page is being left that $does', async ({ keepalive }) => {
  const context = await browser.newContext(GUARDED);
  const { once } = await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(`${home.origin}/blank`);
  await page.setContent(
    '<form method="post" action="/sign-in"><input name="p" value="lantern-42"><button>Go</button></form>',
  );
  const before = home.seen.length;
  const submit = async (): Promise<void> => {
    await page.evaluate(
      ({ outlives, elsewhere }) => {
        const how = { method: 'POST', body: 'p=lantern-42', keepalive: outlives };
        const again = (): void => void fetch('/sign-in', how).catch(() => {});
        const there = (): void =>
          void fetch(elsewhere, { ...how, mode: 'no-cors' }).catch(() => {});
        again();
        setInterval(again, 5);
        setInterval(there, 40);
      },
      { outlives: keepalive, elsewhere: `${foreign.origin}/stolen` },
    );
    // The form is refused, and an error page takes the place of the page that goes on.
    await page.getByRole('button').click({ noWaitAfter: true });
    await vi.waitUntil(() => page.url().startsWith('chrome-error:'), PATIENT);
  };
  await once([new Secret('lantern-42')], submit);
  await context.close();
  expect(home.seen.slice(before).filter((path) => path === '/sign-in')).toHaveLength(1);
  expect(foreign.seen).not.toContain('/stolen');
});

it.each(['/repeats-307-here', '/repeats-308-there'])(
  'sends a secret nowhere else when the portal answers that its body be sent again: %s',
  async (path) => {
    const context = await browser.newContext(GUARDED);
    const { refused, once } = await guard(context, [home.origin]);
    const page = await context.newPage();
    await page.goto(`${home.origin}/blank`);
    const before = home.seen.length;
    const submit = () =>
      page.evaluate(
        async (to) =>
          (await fetch(to, { method: 'POST', body: 'password=lantern-42' }).catch(() => undefined))
            ?.ok,
        path,
      );
    await expect(once([new Secret('lantern-42')], submit)).rejects.toThrow(
      'asks for the same once more',
    );
    expect(home.seen.slice(before)).toEqual([path]);
    expect(foreign.seen).not.toContain('/taken');
    expect([...refused.keys()].join()).toContain('(password again)');
    await context.close();
  },
);

it('refuses no other session what its own login sends, where one has the password of another in it', async () => {
  await using first = await browser.newContext(GUARDED);
  const { once } = await guard(first, [home.origin]);
  await once([new Secret('harbor')], async () => {});
  await using second = await browser.newContext(GUARDED);
  await guard(second, [home.origin, foreign.origin]);
  const page = await second.newPage();
  await page.goto(`${home.origin}/blank`);
  const answers = await page.evaluate(async (elsewhere) => {
    const asked = [
      fetch('/user', { method: 'POST', body: new URLSearchParams({ user: 'harbor-agency' }) }),
      fetch(`${elsewhere}/harbor/news`),
    ];
    return Promise.all(asked.map((each) => each.then(({ status }) => status)));
  }, foreign.origin);
  expect(answers).toEqual([200, 200]);
});

it('follows such an answer as often as the carrier says that the secret is sent', async () => {
  const context = await browser.newContext(GUARDED);
  const { once } = await guard(context, [home.origin]);
  const page = await context.newPage();
  await page.goto(`${home.origin}/blank`);
  const before = home.seen.length;
  await page.setContent(
    '<form method="post" action="/repeats-307-here"><input name="p" value="lantern-42"><button>Go</button></form>',
  );
  const password = [new Secret('lantern-42')];
  await once(
    password,
    () =>
      page
        .getByRole('button')
        .click()
        .then(() => page.waitForURL(/home/)),
    2,
  );
  expect(home.seen.slice(before, before + 3)).toEqual(['/repeats-307-here', '/taken', '/home']);
  await page.goto(`${home.origin}/blank`);
  await page.setContent(
    '<form method="post" action="/repeats-307-twice"><input name="p" value="lantern-42"><button>Go</button></form>',
  );
  await expect(
    once(
      password,
      () =>
        page
          .getByRole('button')
          .click()
          .then(() => page.waitForURL(/home/)),
      2,
    ),
  ).rejects.toThrow('asks for the same once more');
  expect(home.seen.filter((path) => path === '/taken')).toHaveLength(1);
  await context.close();
});
