import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMetrics } from '#app/metrics.ts';
import { createBrowser } from '#portal/browser.ts';
import { loadCarriers } from '#portal/carriers.ts';
import type { Portals } from '#portal/portal.ts';
import { createPortals } from '#portal/portals.ts';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { killHard, processesOf } from '#test/support/processes.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** A worker whose machine has no browser takes no sessions, and nobody else pays for it. */

const NUMBER = '00123-4567';

// Chromium is started several times.
vi.setConfig({ testTimeout: 120_000 });

const firm = useFirm({ each: true });
let stack: AsyncDisposableStack;
let path: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'no-browser-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  path = join(folder, 'chromium');
});
afterEach(() => stack.disposeAsync());

const chromium = () => {
  const found = findChromium(process.env);
  if (!found) throw new Error('No Chromium on this machine: npm test sets one up');
  return found;
};

/** The machine gets its browser, or loses it. */
const install = (): Promise<void> => symlink(chromium().path, path);
const lose = (): Promise<void> => rm(path);

/** Portals of a machine whose browser is where this test puts it, or does not. */
const portalsHere = async (): Promise<Portals> => {
  const carriers = await loadCarriers({
    folders: [join(import.meta.dirname, '../../carriers')],
    addresses: firm.local.portals.addresses,
    allowDemo: true,
  });
  const browser = stack.use(
    createBrowser({
      launch: { ...browserLaunch(chromium(), process.env), executablePath: path },
      origins: carriers.flatMap(({ origins }) => origins),
    }),
  );
  return createPortals({ browser, clock: Date.now, carriers });
};

const read = async (url: string | undefined, of: string): Promise<string> => {
  const answer = await fetch(`${url}${of}`);
  return `${answer.status} ${await answer.text()}`;
};

const watched = () => ({ host: '127.0.0.1', port: 0, metrics: createMetrics() });

const ask = () => askFor(firm, ANA, TEAM, `/sync ${NUMBER}`, isCardOf(ANA, NUMBER));

const syncs = () =>
  firm.db
    .selectFrom('sync')
    .select(['status', 'reason', 'tries'])
    .where('priority', '=', 1)
    .execute();

it('without a browser it says why, takes nothing, and takes it once its browser is back', async () => {
  await using worker = await firm.work(await portalsHere(), { watched: watched() });
  for (const of of ['/health', '/ready'])
    await expect
      .poll(() => read(worker.watchUrl, of))
      .toContain(
        `503 {"ok":false,"problems":["no sessions are taken: there is no browser at ${path}`,
      );
  expect(await read(worker.watchUrl, '/metrics')).toContain('swivel_answers{what="browser"} 0');
  expect(firm.logged().join('\n')).toContain('no sessions are taken');

  const card = await ask();
  await install();
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  expect(await syncs()).toMatchObject([{ status: 'success', tries: 0 }]);
  expect(await read(worker.watchUrl, '/health')).toMatch(/^200 /);
  expect(await read(worker.watchUrl, '/metrics')).toContain('swivel_answers{what="browser"} 1');
});

it('what it was given goes to another worker, and no try, login or carrier is charged with it', async () => {
  await install();
  const loser = await firm.work(await portalsHere(), { name: 'loses-it', watched: watched() });
  // A script of the distribution may start it: all of them have its temporary folder.
  const browser = () =>
    processesOf(process.pid).filter(({ text }) => /TMPDIR=[^\0]*browser-/.test(text));
  await expect.poll(browser).not.toEqual([]);
  await lose();
  for (const { pid } of browser()) killHard(pid);

  const card = await ask();
  await expect
    .poll(() => read(loser.watchUrl, '/health'), { timeout: 30_000 })
    .toContain('there is no browser');
  expect(await syncs()).toMatchObject([{ status: 'queued', reason: 'waiting', tries: 0 }]);
  await using other = await firm.work(undefined, { name: 'has-one', watched: watched() });
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  expect(await read(other.watchUrl, '/health')).toMatch(/^200 /);
  const ended = await read(loser.watchUrl, '/metrics');
  expect(ended).not.toMatch(/^swivel_(syncs_ended|syncs_put_off|sign_ins)_total\{/m);
});
