import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { Secret } from '#shared/secret.ts';
import { createBrowser, type WorkerBrowser } from '#portal/browser.ts';
import { createPortals } from '#portal/portals.ts';
import type { PolicyReading } from '#portal/portal.ts';
import type { PortalEvent } from '#portal/tab.ts';
import { ATTACKS, startHostile, type HostilePortal } from '#test/support/hostile.ts';
import { quietly } from '#test/support/portals.ts';

vi.setConfig({ testTimeout: 240_000 });

const never = new AbortController().signal;
const SOURCE = { id: 'S9', carrierId: 'hostile', name: 'Hostile' };
const WELL = { ...SOURCE, carrierId: 'well' };
let hostile: HostilePortal;
let well: HostilePortal;
let browser: WorkerBrowser;
type Open = (source: typeof SOURCE) => ReturnType<ReturnType<typeof createPortals>['open']>;
/** Gives a portal up soon that does nothing more. */
let open: Open;
/** Waits for what a page does to become too much: a busy machine makes a page slow as well. */
let openPatiently: Open;
const events: PortalEvent[] = [];

beforeAll(async () => {
  well = await startHostile('http://127.0.0.1:1');
  hostile = await startHostile(well.origin);
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  const carriers = [hostile.carrier, { ...well.carrier, id: 'well' }];
  browser = createBrowser({
    launch: browserLaunch(chromium, process.env),
    origins: carriers.flatMap((carrier) => carrier.origins),
  });
  const opens = (limits: { wait: number; read: number }): Open => {
    const clock = () => Date.parse('2026-11-21T15:00:00Z');
    const log = (event: PortalEvent) => void events.push(event);
    const portals = createPortals({ browser, carriers, clock, limits, log });
    return (source) => portals.open(source, undefined, never);
  };
  open = opens({ wait: 3000, read: 4500 });
  openPatiently = opens({ wait: 90_000, read: 120_000 });
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await hostile[Symbol.asyncDispose]();
  await well[Symbol.asyncDispose]();
});

/**
 * On a busy machine Chromium itself may end in a storm of windows. Whoever reads beside it is told a
 * passing fault, and the next session, in a new browser, reads.
 */
const readBeside = async (
  session: Awaited<ReturnType<typeof open>>,
): Promise<PolicyReading['kind']> => {
  const reading = await session.read('fine');
  if (reading.kind !== 'failure' || !/browser ended/.test(reading.detail ?? ''))
    return reading.kind;
  await using anew = await openPatiently(WELL);
  return (await anew.read('fine')).kind;
};

/** Reads what does harm, and beside it, in another login, what is well. */
const readHarm = async (opens: Open, path: string): Promise<PolicyReading> => {
  const [session, other] = await Promise.all([opens(SOURCE), openPatiently(WELL)]);
  const given = session.read(path);
  expect(await readBeside(other)).toBe('found');
  const reading = await given;
  await session[Symbol.asyncDispose]();
  expect(await readBeside(other)).toBe('found');
  await other[Symbol.asyncDispose]();
  return reading;
};

describe('a portal that', () => {
  it.each(ATTACKS.filter(({ byItself }) => byItself))(
    '$what is given up at once, and others are read meanwhile and after',
    async ({ path, why }) => {
      expect(await readHarm(openPatiently, path)).toMatchObject({
        reason: 'carrier-down',
        detail: expect.stringMatching(why),
      });
    },
  );

  it.each(ATTACKS.filter(({ byItself }) => !byItself))(
    '$what is given up in time, and others are read meanwhile and after',
    async ({ path, why }) => {
      expect(await readHarm(open, path)).toMatchObject({
        reason: expect.stringMatching(path === 'errors' ? /./ : /^carrier-down$/),
        detail: expect.stringMatching(why),
      });
    },
  );
});

it('closes what comes between, and goes on with the step', async () => {
  await using session = await open(SOURCE);
  expect((await session.read('notice')).kind).toBe('found');
});

it('reads on in a session whose page was lost', async () => {
  await using session = await openPatiently(SOURCE);
  expect((await session.read('heap')).kind).toBe('failure');
  await expect.poll(() => readBeside(session), { timeout: 60_000 }).toBe('found');
});

it('refuses and records where a page leads away to', async () => {
  const session = await open(SOURCE);
  expect(await session.read('away')).toMatchObject({ kind: 'failure' });
  await session[Symbol.asyncDispose]();
  expect(well.seen).not.toContain('/landed');
  const host = new URL(well.origin).host;
  const refused = events.flatMap((event) => (event.event === 'refused' ? [event.requests] : []));
  expect(refused).toContainEqual(expect.objectContaining({ [`${host} (document)`]: 1 }));
});

it('ends a sign-in whose answer has no end before it fills the memory', async () => {
  await using session = await open(SOURCE);
  const before = process.memoryUsage.rss();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss() - before);
  }, 50);
  const given = await session.signIn({ password: new Secret('tulip-19') }, quietly);
  clearInterval(watch);
  expect(given).toMatchObject({ kind: 'failure', reason: 'carrier-down' });
  expect(most).toBeLessThan(1_500_000_000);
  expect(hostile.seen.filter((path) => path === '/flood')).toHaveLength(1);
});

it('has a new browser where another session ended the first as it was opened', async () => {
  let opened = 0;
  const ending: WorkerBrowser = {
    ...browser,
    newContext: async (options) => {
      const context = await browser.newContext(options);
      opened += 1;
      if (opened === 1) await context.browser()?.close();
      return context;
    },
  };
  const carriers = [{ ...well.carrier, id: 'well' }];
  const clock = () => Date.parse('2026-11-21T15:00:00Z');
  const portals = createPortals({ browser: ending, carriers, clock });
  await using session = await portals.open(WELL, undefined, never);
  expect(await session.read('fine')).toMatchObject({ kind: 'found' });
  expect(opened).toBe(2);
});
