import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { chromium, type Browser, type Page } from 'playwright';
import { browserLaunch, findChromium, projectFolder } from '#setup/tools.mjs';
import { PLACES, startClickedPortal } from '#test/support/clicked-portal.ts';
import { violationsOf } from '#test/support/axe.ts';

const NUMBER = 'SB-1001';
const today = new Date();
const asOf = `${String(today.getMonth() + 1).padStart(2, '0')}/${String(today.getDate()).padStart(2, '0')}/${today.getFullYear()}`;

let folder: string;
let portal: Awaited<ReturnType<typeof startClickedPortal>>;
let browser: Browser;
/** A host that is none of the portal's, and what it was asked for. */
let elsewhere: Server;
const strays: string[] = [];
beforeAll(async () => {
  const found = findChromium(process.env);
  if (found === undefined) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = await chromium.launch(browserLaunch(found, process.env));
  elsewhere = createServer((request, response) => {
    strays.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
});
afterAll(async () => {
  await browser.close();
  elsewhere.close();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clicked-carriers-'));
  const { port } = elsewhere.address() as AddressInfo;
  portal = await startClickedPortal({ asOf, elsewhere: `http://127.0.0.1:${port}/` });
});
afterEach(async () => {
  await portal[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Running {
  child: ChildProcess;
  /** The first group of what is printed, once it is. */
  says: (words: RegExp) => Promise<string>;
  ended: Promise<{ code: number; out: string }>;
}

/** As a person types it, with the login in the environment. */
const sync = (...args: string[]): Running => {
  const ended = Promise.withResolvers<{ code: number; out: string }>();
  const child = execFile(
    process.execPath,
    [join(projectFolder, 'src/cli/main.ts'), 'carrier', ...args],
    {
      env: {
        ...process.env,
        CARRIERS_PATH: folder,
        CARRIER_USER: 'ana.ruiz',
        CARRIER_PASSWORD: 'lantern-42',
      },
    },
    (_error, stdout, stderr) =>
      ended.resolve({ code: child.exitCode ?? 1, out: `${stdout}${stderr}` }),
  );
  child.stdin?.end();
  let printed = '';
  child.stdout?.on('data', (text: string) => (printed += text));
  return {
    child,
    ended: ended.promise,
    says: async (words) => {
      await expect.poll(() => printed).toMatch(words);
      return words.exec(printed)?.[1] ?? '';
    },
  };
};

/** All that was written, in one text. */
const filesOf = (carrier: string): string =>
  readdirSync(join(folder, carrier), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.\w+$/.test(file))
    .map((file) => readFileSync(join(folder, carrier, file), 'utf8'))
    .join('\n');

const OPENS = /Open this page in your browser: (\S+)/;

/** A person in front of the picture, who sees nothing but that. */
const openPicture = async (address: string) => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  const shown = page.locator('#shown');
  await shown.waitFor();
  const waits = (asks: string): Promise<void> => page.getByText(asks).waitFor();
  const press = async (page_: Page, { x, y }: { x: number; y: number }, times = 1) => {
    const box = await shown.boundingBox();
    if (box === null) throw new Error('There is no picture');
    const scale = box.width / 1280;
    await page_.mouse.click(box.x + x * scale, box.y + y * scale, { clickCount: times });
  };
  /** So many are told, and the next one may be done. */
  const steps = async (count: number): Promise<void> => {
    await expect.poll(() => page.getByRole('listitem').count()).toBe(count);
    await waits('Click your way');
  };
  return {
    page,
    waits,
    steps,
    press: (place: { x: number; y: number }, times?: number) => press(page, place, times),
    type: (text: string) => page.keyboard.type(text),
    [Symbol.asyncDispose]: () => page.close(),
  };
};

it('what a person clicks in the picture becomes the way, which reads the portal', async () => {
  await sync('new', 'clicked-life', '--url', `${portal.url}/login`).ended;
  const recording = sync(
    'record',
    'clicked-life',
    '--number',
    NUMBER,
    '--picture',
    '--keep',
    'Closed ones too',
    '--keep',
    'Contracts',
    '--keep',
    'View',
  );
  await using person = await openPicture(await recording.says(OPENS));
  await person.waits('Click your way');
  expect(await violationsOf(person.page)).toEqual([]);
  // Nobody else sees it: neither without the token, nor after the first.
  const { origin, href } = new URL(person.page.url());
  expect((await fetch(origin)).status).toBe(404);
  expect((await fetch(href)).status).toBe(403);
  expect((await fetch(`${href}do`, { method: 'POST' })).status).toBe(403);
  await person.press(PLACES.contracts);
  await person.steps(1);
  await person.press(PLACES.show);
  await person.page.getByRole('button', { name: 'All policies' }).click();
  await person.steps(2);
  await person.press(PLACES.closed);
  await person.steps(3);
  await person.press(PLACES.number);
  await person.type(NUMBER);
  await person.page.keyboard.press('Enter');
  await person.steps(4);
  await person.page.screenshot({ path: join(folder, 'picture-1440.png') });
  await person.page.setViewportSize({ width: 390, height: 844 });
  expect(await violationsOf(person.page)).toEqual([]);
  await person.page.screenshot({ path: join(folder, 'picture-390.png'), fullPage: true });
  await person.page.setViewportSize({ width: 1440, height: 900 });
  await person.press(PLACES.view, 2);
  await person.steps(5);
  await person.page.getByRole('button', { name: 'This is my policy' }).click();

  const recorded = await recording.ended;
  expect(recorded).toMatchObject({ code: 0, out: expect.stringContaining('Wrote way.mjs') });
  await person.waits('The recording is over.');
  const way = readFileSync(join(folder, 'clicked-life/way.mjs'), 'utf8');
  for (const part of [
    'frame[name="work"]',
    "selectOption({ label: 'All policies' })",
    '.check()',
    ".press('Enter')",
    "{ text: 'View', row: kit.numberWithin(number) }",
    'kit.popup(',
    '.dblclick()',
  ])
    expect(way).toContain(part);
  expect(filesOf('clicked-life')).not.toContain(NUMBER);
  expect(portal.signedIn).toHaveLength(1);
  expect(strays).toEqual([]);

  const read = await sync('check', 'clicked-life', '--number', NUMBER, '--number', 'SB-9999').ended;
  expect(read.out).toContain('$41,250.75 USD');
  expect(read.out).toContain('this login has no such policy');
  expect(read.code).toBe(0);
}, 180_000);

it('what a person clicks to the list of all policies becomes the way to that', async () => {
  await sync('new', 'listed-life', '--url', `${portal.url}/login`).ended;
  const steps = [
    'open Contracts',
    'choose All policies in Show',
    'check Closed ones too',
    'enter placeholder:Policy number',
    'double text:View in its row',
  ];
  const keep = ['Closed ones too', 'Contracts', 'View', 'All policies'];
  const recording = sync(
    'record',
    'listed-life',
    '--number',
    NUMBER,
    '--picture',
    '--book',
    'click',
    ...steps.flatMap((step) => ['--step', step]),
    ...keep.flatMap((text) => ['--keep', text]),
  );
  await using person = await openPicture(await recording.says(OPENS));
  await person.page.getByRole('button', { name: 'This is my policy' }).click();
  await person.waits('Click your way to the list of all policies');
  await person.press(PLACES.all);
  await expect.poll(() => portal.asked.includes('GET /all')).toBe(true);
  await person.waits('Click your way to the list of all policies');
  await person.page.getByRole('button', { name: 'These are all my policies' }).click();
  const recorded = await recording.ended;
  expect(recorded.out).toContain('Wrote into index.mjs: readBook, parseBook');

  const read = await sync('check', 'listed-life', '--number', NUMBER, '--book').ended;
  expect(read.out).toContain('2 policies on 1 screen, of 2');
  expect(read.out).toContain(`${NUMBER}  as it is read alone`);
  expect(read.code).toBe(0);
}, 180_000);

it('who signs in by hand leaves no password and no request of it behind, but a rule that knows the page', async () => {
  await using unknown = await startClickedPortal({ asOf, leave: 'Leave the desk' });
  await sync('new', 'by-hand-life', '--url', `${unknown.url}/login`).ended;
  const recording = sync('record', 'by-hand-life', '--number', NUMBER, '--picture', '--by-hand');
  await using person = await openPicture(await recording.says(OPENS));
  await person.waits('Sign in. Nothing of that is recorded.');
  await person.press(PLACES.user);
  await person.type('ana.ruiz');
  await person.press(PLACES.password);
  await person.type('lantern-42');
  await person.press(PLACES.signIn);
  await expect.poll(() => unknown.signedIn.length).toBe(1);
  await person.page.getByRole('button', { name: 'I am signed in' }).click();
  await person.waits('They are not pressed.');
  await person.press(PLACES.signOut);
  await person.waits('Click your way');
  await person.press(PLACES.contracts);
  await person.steps(1);
  await person.page.getByRole('button', { name: 'This is my policy' }).click();
  const recorded = await recording.ended;
  expect(recorded.out).toContain('Recorded, redacted');
  expect(recorded.out).not.toContain('lantern');
  expect(recorded.out).toContain("{ when: { text: /Leave the desk/ }, is: 'signed-in' }");
  expect(unknown.asked).not.toContain('GET /login?left');
  const traffic = filesOf('by-hand-life');
  expect(traffic).toContain('/contracts');
  expect(traffic).not.toMatch(/lantern|"method": "POST"/);
}, 120_000);

it('a stop keeps what was clicked, as steps for the next recording', async () => {
  await sync('new', 'stopped-life', '--url', `${portal.url}/login`).ended;
  const recording = sync('record', 'stopped-life', '--number', NUMBER, '--picture');
  const address = await recording.says(OPENS);
  await using person = await openPicture(address);
  await person.waits('Click your way');
  await person.press(PLACES.contracts);
  await person.steps(1);
  recording.child.kill('SIGINT');
  const stopped = await recording.ended;
  expect(stopped).toMatchObject({
    code: 1,
    out: expect.stringMatching(/record again with --step 'open Contracts'\nStopped\.\n$/),
  });
  await person.waits('The recording is over.');
  await expect(fetch(address)).rejects.toThrow('fetch failed');
}, 120_000);
