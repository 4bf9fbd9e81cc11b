import { browserLaunch, findChromium } from '#setup/tools.mjs';
import type { Clock } from '#shared/clock.ts';
import { createBrowser } from '#portal/browser.ts';
import type { Carrier } from '#portal/contract.ts';
import type { Portals } from '#portal/portal.ts';
import { createPortals } from '#portal/portals.ts';
import { openHouse } from '#test/support/portals.ts';
import { sandboxSession, screensOf } from '#test/support/sandbox.ts';
import { atLeast, type Figure } from './figure.ts';

const SESSION = 100;
const SCRAPED = 8;
/** The largest login has so many policies, and is read within an hour. */
const HOURLY = 2000;

const numberAt = (index: number): string => `SB-${1001 + (index % 30)}`;

/** Policies a minute. */
const pace = async (read: () => Promise<number>): Promise<number> => {
  const began = performance.now();
  const policies = await read();
  return policies / ((performance.now() - began) / 60_000);
};

const readOne = async (
  session: Awaited<ReturnType<typeof sandboxSession>>,
  number: string,
): Promise<void> => {
  const reading = await session.read(number);
  if (reading.kind !== 'found') throw new Error(`${number} is ${reading.kind}`);
};

/** One sign-in and then policy after policy, as a session of the worker. */
const inSession = (portals: Portals, carrier: string): Promise<number> =>
  pace(async () => {
    await using session = await sandboxSession(portals, carrier, 'sandbox');
    for (let nth = 0; nth < SESSION; nth += 1) await readOne(session, numberAt(nth));
    return SESSION;
  });

const asBook = (portals: Portals, carrier: string): Promise<number> =>
  pace(async () => {
    await using session = await sandboxSession(portals, carrier, 'sandbox');
    const screens = await screensOf(session);
    return screens.flatMap((screen) => (screen.kind === 'page' ? screen.entries : [])).length;
  });

/** A browser, a sign-in and a search for each policy, as scrapers of portals do it. */
const scraped = (carrier: Carrier, clock: Clock): Promise<number> =>
  pace(async () => {
    for (let nth = 0; nth < SCRAPED; nth += 1) {
      const chromium = findChromium(process.env);
      if (!chromium) throw new Error('No Chromium on this machine: npm start sets one up');
      const launch = browserLaunch(chromium, process.env);
      await using browser = createBrowser({ launch, origins: carrier.origins });
      const portals = createPortals({ browser, carriers: [carrier], clock });
      await using session = await sandboxSession(portals, carrier.id, 'sandbox');
      await readOne(session, numberAt(nth));
    }
    return SCRAPED;
  });

type Way = 'page by page' | 'by JSON' | 'as a book';

/** By pages alone, or with the one way that is left to it. */
const only = (carrier: Carrier, way: Way): Carrier => {
  const { readJson, readBook, ...pages } = carrier;
  if (way === 'by JSON' && readJson !== undefined) return { ...pages, readJson };
  if (way === 'as a book' && readBook !== undefined) return { ...pages, readBook };
  return pages;
};

const WAYS: readonly (readonly [carrier: string, way: Way, atLeast: number])[] = [
  ['northbridge-life', 'page by page', 3],
  ['northbridge-life', 'as a book', 20],
  ['meridian-annuity', 'by JSON', 20],
];

/** Policies a minute of one login, against a fresh browser and sign-in for each policy. */
export const measurePaces = async (say: (figure: Figure) => void): Promise<void> => {
  await using house = await openHouse();
  const clock = (): number => house.time.now;
  const fresh = new Map<string, number>();
  for (const [id, way, times] of WAYS) {
    const carrier = house.carriers.find((each) => each.id === id);
    if (carrier === undefined) throw new Error(`there is no carrier ${id}`);
    const scraper = fresh.get(id) ?? (await scraped(only(carrier, 'page by page'), clock));
    fresh.set(id, scraper);
    const carriers = [only(carrier, way)];
    const portals = createPortals({ browser: house.browser, carriers, clock });
    const policies = await (way === 'as a book' ? asBook : inSession)(portals, id);
    say(atLeast(`policies of one login at ${id}, ${way}`, policies, 'a minute', HOURLY / 60));
    say(
      atLeast(
        `the same at ${id}, ${way}, against a fresh browser for each policy`,
        policies / scraper,
        'x',
        times,
      ),
    );
  }
};
