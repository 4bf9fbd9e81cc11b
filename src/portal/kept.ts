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

/**
 * Without what a page keeps of the sign-in itself, as one does that queues a request it believes lost: it
 * would send the password anew in each session that goes on from there. Cookies stay, for without them
 * nobody is signed in.
 */
export const withoutSecrets = (kept: Kept, holdsSecret: (text: string) => boolean): Kept => {
  const isFine = (entry: unknown): boolean => !holdsSecret(textsIn(entry).join('\n'));
  const fine = <T>(entries: readonly T[]): T[] => entries.filter(isFine);
  const origins = kept.storage.origins.map((origin) => ({
    ...origin,
    localStorage: fine(origin.localStorage),
    ...withDatabases(origin, fine),
  }));
  return {
    ...kept,
    storage: { ...kept.storage, origins },
    tab: Object.fromEntries(
      Object.entries(kept.tab).map(([origin, entries]) => [origin, fine(entries)]),
    ),
  };
};

/** Playwright's types leave out what its storage state has of IndexedDB. */
const withDatabases = (
  origin: object,
  fine: (records: readonly unknown[]) => unknown[],
): { indexedDB?: DatabaseState[] } => {
  const { indexedDB } = origin as { indexedDB?: DatabaseState[] };
  return indexedDB === undefined
    ? {}
    : {
        indexedDB: indexedDB.map((database) => ({
          ...database,
          stores: database.stores.map((store) => ({ ...store, records: fine(store.records) })),
        })),
      };
};

interface DatabaseState {
  stores: { records: unknown[] }[];
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
};

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
