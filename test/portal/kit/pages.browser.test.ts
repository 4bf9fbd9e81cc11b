import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser, type WorkerBrowser } from '#portal/browser.ts';
import { GUARDED, guard, type Fence } from '#portal/guard.ts';
import { createKit } from '#portal/kit/kit.ts';

const kit = createKit();
const PATIENT = { timeout: 30_000 };
let browser: WorkerBrowser;
let origin: string;
let context: BrowserContext;
let page: Page;
let fence: Fence;
const seen: string[] = [];

const CSV = {
  'content-type': 'text/csv',
  'content-disposition': 'attachment; filename="../book.csv"',
};

const pages: Record<
  string,
  string | ((request: IncomingMessage, response: ServerResponse) => void)
> = {
  '/links': `<a href="/book.csv">Book</a> <a href="/book.csv" target="_blank">Book in a window</a>
    <a href="/endless.csv">Endless</a> <a href="/nothing">Nothing</a>
    <a href="#" onclick="window.open('/detail'); window.open('/other'); window.open('/third')">Detail</a>
    <a href="#" onclick="const w = window.open('about:blank'); setTimeout(() => { w.location = '/detail'; }, 50)">Late detail</a>
    <a href="#" onclick="location = URL.createObjectURL(new Blob(['x']))">Blob</a>`,
  '/detail': '<title>Detail</title><h1>Contract 7</h1><script>open("/of-a-popup")</script>',
  '/frames':
    '<iframe name="menu" srcdoc="<p>Menu</p>"></iframe><iframe name="outer" src="/outer"></iframe>',
  '/frameset':
    '<frameset cols="50%,50%"><frame name="menu" src="/nothing"><frame name="main" src="/inner"></frameset>',
  '/outer': '<iframe title="Inner" src="/inner"></iframe>',
  '/inner': '<label>Policy number <input></label>',
  '/list': `<p id=n>Screen 1</p><p id=wait hidden>Loading</p><button onclick="go()">Next</button>
    <script>let n = 1; const go = () => { wait.hidden = false; setTimeout(() => { wait.hidden = true; n += 1; document.querySelector('#n').textContent = 'Screen ' + n; document.querySelector('button').disabled = n === 3; }, 500); };</script>`,
  '/list?1': '<p>Screen 1</p><a href="/list?2">Next</a>',
  '/list?2': '<p>Screen 2</p>',
  '/circle?1': '<p>Screen 1</p><a href="/circle?2">Next</a>',
  '/circle?2': '<p>Screen 2</p><a href="/circle?1">Next</a>',
  '/stuck': '<p>Screen 1</p><button>Next</button>',
  '/virtual': `<div id=list style="height: 100px; overflow: auto"><div style="height: 2000px"><p id=row style="position: sticky; top: 0"></p></div></div>
    <script>const draw = () => { row.textContent = 'Row ' + Math.floor(list.scrollTop / 100); }; list.onscroll = draw; draw();</script>`,
  '/filter':
    '<label>Show <select><option>Active only</option><option>All  policies</option></select></label><label><input type=checkbox> Closed</label>',
  '/book.csv': (_request, response) => response.writeHead(200, CSV).end('a;b\n1;\xe9', 'latin1'),
  '/endless.csv': (_request, response) => {
    response.writeHead(200, CSV);
    const more = (): void => {
      while (response.write(Buffer.alloc(100_000, 'x')));
    };
    response.on('drain', more);
    more();
  },
};

beforeAll(async () => {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    seen.push(path);
    const found = pages[path] ?? '';
    if (typeof found === 'function') found(request, response);
    else response.writeHead(200, { 'content-type': 'text/html' }).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = createBrowser({ launch: browserLaunch(chromium, process.env), origins: [origin] });
  return async () => {
    await browser[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  };
});

beforeEach(async () => {
  seen.length = 0;
  context = await browser.newContext(GUARDED);
  context.setDefaultTimeout(10_000);
  fence = await guard(context, [origin]);
  page = await context.newPage();
});
afterEach(() => context.close());

const link = (name: string) => page.getByRole('link', { name, exact: true });

describe('a download', () => {
  beforeEach(() => page.goto(`${origin}/links`));

  it.each(['Book', 'Book in a window'])('that is waited for comes as a file: %s', async (name) => {
    const file = await kit.download(page, () => link(name).click());
    expect(file.name).not.toContain('/');
    expect(file.text()).toBe('a;b\n1;é');
  });

  it('that nobody waits for is refused and counted', async () => {
    await link('Book').click();
    const key = `${new URL(origin).host} (download)`;
    await vi.waitFor(() => expect(fence.refused.get(key)).toBe(1), PATIENT);
    const file = await kit.download(page, () => link('Book').click());
    expect(file.bytes).toHaveLength(7);
  });

  it('without end is ended', async () => {
    await expect(kit.download(page, () => link('Endless').click())).rejects.toThrow(
      'The download is larger than 25 MB',
    );
    await expect(kit.download(page, () => link('Book').click(), { mostBytes: 3 })).rejects.toThrow(
      'larger',
    );
  });

  it('that does not begin is a changed portal', async () => {
    page.setDefaultTimeout(3000);
    await expect(kit.download(page, () => link('Nothing').click())).rejects.toThrow(
      'No download began',
    );
  });
});

describe('a window', () => {
  beforeEach(() => page.goto(`${origin}/links`));

  it.each(['Detail', 'Late detail'])('that is waited for opens, and no other: %s', async (name) => {
    const opened = await kit.popup(page, () => link(name).click());
    await expect.poll(() => opened.title()).toBe('Detail');
    await kit.find(opened, { css: 'h1' });
    await vi.waitUntil(() => context.pages().length === 2, PATIENT);
    for (const path of ['/other', '/third', '/of-a-popup']) expect(seen).not.toContain(path);
  });

  it('opens no more once it was waited for', async () => {
    await (await kit.popup(page, () => link('Late detail').click())).close();
    await link('Detail').click();
    await vi.waitUntil(() => context.pages().length === 1, PATIENT);
    await vi.waitFor(
      () => expect(fence.refused.get(`${new URL(origin).host} (popup)`)).toBeGreaterThan(1),
      PATIENT,
    );
  });

  it('that does not open is a changed portal', async () => {
    page.setDefaultTimeout(3000);
    await expect(kit.popup(page, () => link('Nothing').click())).rejects.toThrow(
      'No window opened',
    );
  });
});

describe('a frame', () => {
  it('is found by name, and gives what is in it', async () => {
    await page.goto(`${origin}/frames`);
    const outer = await kit.frame(page, { name: 'outer' });
    const inner = await kit.frame(outer, { css: 'iframe[title=Inner]' });
    await (await kit.find(inner, { label: 'Policy number' })).fill('7');
    expect(await inner.content()).toContain('Policy number');
  });

  it('may be named where an element is declared, or be any', async () => {
    await page.goto(`${origin}/frames`);
    const nested = { css: 'iframe', frame: { name: 'outer' } };
    await (await kit.find(page, { label: 'Policy number', frame: nested })).fill('1');
    const any = await kit.find(page, [{ css: '#old' }, { label: 'Policy number', frame: 'any' }]);
    expect(await any.inputValue()).toBe('1');
  });

  it('of a frameset is a frame like any', async () => {
    await page.goto(`${origin}/frameset`);
    const main = await kit.frame(page, { name: 'main' });
    expect(await (await kit.find(main, { label: 'Policy number' })).inputValue()).toBe('');
  });

  it('that has not what is looked for is a changed portal', async () => {
    await page.goto(`${origin}/frames`);
    page.setDefaultTimeout(3000);
    await expect(kit.find(page, { label: 'Nowhere', frame: 'any' })).rejects.toThrow(
      'Nothing in sight matches label Nowhere',
    );
    await expect(kit.frame(page, { css: 'body' })).rejects.toThrow('is not a frame');
  });
});

const screensOf = async (screens: AsyncIterable<string>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const screen of screens) texts.push(/Screen \d|Row \d+/.exec(screen)?.[0] ?? '');
  return texts;
};

describe('a listing', () => {
  const next = [{ role: ['link', 'Next'] }, { role: ['button', 'Next'] }] as const;

  it('is read screen by screen, each once it is drawn', async () => {
    await page.goto(`${origin}/list`);
    const all = ['Screen 1', 'Screen 2', 'Screen 3'];
    expect(await screensOf(kit.pages(page, { next, busy: { css: '#wait' } }))).toEqual(all);
    await page.goto(`${origin}/list?1`);
    expect(await screensOf(kit.pages(page, { next }))).toEqual(['Screen 1', 'Screen 2']);
  });

  it.each([
    ['goes in a circle', '/circle?1', {}, 'comes twice'],
    ['has more screens than it may', '/list?1', { most: 1 }, 'has no end'],
  ])('that %s is a changed portal', async (_what, path, options, why) => {
    await page.goto(`${origin}${path}`);
    await expect(screensOf(kit.pages(page, { next, ...options }))).rejects.toThrow(why);
  });

  it('that does not go on is a changed portal', async () => {
    await page.goto(`${origin}/stuck`);
    await expect(screensOf(kit.pages(page, { next }))).rejects.toThrow('does not go on');
  });

  it('that draws only what is in sight is read to its end', async () => {
    await page.goto(`${origin}/virtual`);
    const rows = await screensOf(kit.scroll(page, { list: { css: '#list' } }));
    expect(rows[0]).toBe('Row 0');
    expect(rows.at(-1)).toBe('Row 19');
    expect(new Set(rows).size).toBe(20);
  });
});

it('a filter is set once, and left as it is where it is so', async () => {
  await page.goto(`${origin}/filter`);
  expect(await kit.choose(page, { label: /^Show/ }, 'All policies')).toBe(true);
  expect(await kit.choose(page, { label: /^Show/ }, 'All policies')).toBe(false);
  expect(await kit.choose(page, { label: 'Closed' }, true)).toBe(true);
  expect(await kit.choose(page, { label: 'Closed' }, true)).toBe(false);
  await expect(kit.choose(page, { label: /^Show/ }, 'Closed')).rejects.toThrow('lacks the choice');
  expect(await page.getByLabel('Closed').isChecked()).toBe(true);
});

it('a page that is larger than any needs is not captured', async () => {
  await page.goto(`${origin}/links`);
  expect(await kit.html(page)).toContain('Book');
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<p hidden></p>');
    document.querySelector('[hidden]')?.append('x'.repeat(21_000_000));
  });
  await expect(kit.html(page)).rejects.toThrow('too large');
});

describe('one of many', () => {
  const rows = (from: number): string =>
    `<ul><li>Menu <a href="#m">View</a></li></ul><table>${[1, 2, 3]
      .map(
        (nth) =>
          `<tr><td>SB-100${from + nth}</td><td>Plan</td><td><a href="#${from + nth}">View</a></td></tr>`,
      )
      .join('')}</table>`;
  const view = { role: ['link', 'View'], row: kit.numberWithin('SB 1002') } as const;

  it('is found in the row that shows the number', async () => {
    await page.setContent(rows(0));
    expect(await (await kit.find(page, view)).getAttribute('href')).toBe('#2');
    expect(await kit.isShown(page, { ...view, row: kit.numberWithin('SB-100') })).toBe(false);
  });

  it('is found in the innermost such row, where a page is laid out by tables', async () => {
    await page.setContent(`<table><tr><td>${rows(0)}</td></tr></table>`);
    expect(await (await kit.find(page, view)).getAttribute('href')).toBe('#2');
  });

  it('is the smallest element that shows the words, alone or in part', async () => {
    await page.setContent(rows(0));
    const cell = await kit.find(page, { text: kit.numberPattern('sb1003') });
    expect(await cell.evaluate((element) => element.tagName)).toBe('TD');
    expect(await kit.isShown(page, { text: 'SB-10' })).toBe(false);
  });
});
