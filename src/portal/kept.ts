import type { BrowserContext, Page } from 'playwright';
import { z } from 'zod';
import { Secret } from '#shared/secret.ts';

/** The state of a signed-in session, as it is sealed away between two of them. */
const shape = z.object({
  carrier: z.string(),
  /** Epoch ms. */
  signedInAt: z.number(),
  /** Until when this device is remembered and no code is asked for, epoch ms. */
  trustedUntil: z.number().optional(),
  /** Playwright's storage state: cookies, local storage, IndexedDB. */
  storage: z.looseObject({
    cookies: z.array(z.looseObject({})),
    origins: z.array(z.looseObject({ origin: z.string() })),
  }),
  /** Session storage, which Playwright leaves out: origin -> entries. */
  tab: z.record(z.string(), z.array(z.tuple([z.string(), z.string()]))),
});

export type TabStorage = z.infer<typeof shape>['tab'];

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface Kept {
  signedInAt: number;
  trustedUntil?: number;
  storage: StorageState;
  tab: TabStorage;
}

/** Undefined when it is of another carrier or of a form no longer used: then nothing was kept. */
export const openKept = (kept: Secret, carrier: string): Kept | undefined => {
  try {
    const state = shape.parse(JSON.parse(kept.reveal()));
    if (state.carrier !== carrier) return undefined;
    const { trustedUntil, ...rest } = state;
    const storage = state.storage as unknown as StorageState;
    return { ...rest, storage, ...(trustedUntil === undefined ? {} : { trustedUntil }) };
  } catch {
    return undefined;
  }
};

export const makeKept = (carrier: string, kept: Kept): Secret =>
  new Secret(JSON.stringify({ carrier, ...kept }));

/** Session storage of every frame of the page whose origin may be talked to. */
export const readTab = async (page: Page, origins: readonly string[]): Promise<TabStorage> => {
  const tab: TabStorage = {};
  for (const frame of page.frames()) {
    const origin = URL.parse(frame.url())?.origin;
    if (origin === undefined || !origins.includes(origin)) continue;
    tab[origin] = await frame.evaluate(() =>
      Object.entries(sessionStorage).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]),
    );
  }
  return tab;
};

/** Session storage can only be written on its own origin: an empty page stands in for it meanwhile. */
export const writeTab = async (page: Page, tab: TabStorage): Promise<void> => {
  for (const [origin, entries] of Object.entries(tab)) {
    if (entries.length === 0) continue;
    // Not the front page: going on to an anchor of that one would load nothing.
    const empty = `${origin}/session-storage`;
    await page.route(empty, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto(empty);
    await page.evaluate((all) => {
      for (const [name, value] of all) sessionStorage.setItem(name, value);
    }, entries);
    await page.unroute(empty);
  }
};
