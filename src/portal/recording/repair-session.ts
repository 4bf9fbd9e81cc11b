import type { BrowserContext, Page } from 'playwright';
import type { WorkerBrowser } from '../browser.ts';
import type { Capture, Carrier, Finds } from '../contract.ts';
import { PortalChanged, scrubbed } from '../failure.ts';
import { GUARDED, guard } from '../guard.ts';
import { closeInterruptions } from '../interruptions.ts';
import { isShown, NotInSight } from '../kit/find.ts';
import { createJsonPortal } from '../json-portal.ts';
import { takePicture } from '../picture.ts';
import type { Credentials, PortalFailure, SignInHooks } from '../portal.ts';
import { openPortal } from '../portal-session.ts';
import { collectExchanges, type Exchange } from './exchanges.ts';
import { settle } from './settle.ts';

/** Where an adapter's way ended, and what stood there. */
export interface Stuck {
  why: string;
  /** What was looked for in vain, where that is what ended it. */
  wanted?: Finds;
  /** The page, and each of its frames. */
  pages: string[];
}

/** An adapter that looks longer than this finds nothing more; the portal's own failures need it all. */
const WAIT_MS = 6000;
const MOST_SCREENS = 3;

export interface RepairPortal extends AsyncDisposable {
  /** The way of this adapter to one policy, with the session that is signed in. */
  read: (carrier: Carrier, number: string) => Promise<{ capture: Capture } | Stuck>;
  /** The first screens of its listing. */
  list: (carrier: Carrier) => Promise<{ captures: Capture[] } | Stuck>;
  picture: (folder: string, name: string) => Promise<string | undefined>;
  exchanges: () => Promise<readonly Exchange[]>;
  signInPage: string;
  home: string;
  /** Cookies, storage and what was typed. */
  secrets: () => Promise<string[]>;
}

/** Signs in once, and then follows the ways of one adapter after the other. */
export const openRepair = async (options: {
  browser: WorkerBrowser;
  clock: () => number;
  carrier: Carrier;
  credentials: Credentials;
  hooks: Pick<SignInHooks, 'code' | 'channel'>;
  signal: AbortSignal;
}): Promise<RepairPortal | PortalFailure> => {
  const { browser, clock, credentials, hooks, signal } = options;
  let context: BrowserContext | undefined;
  let pageNow: (() => Page) | undefined;
  await using stack = new AsyncDisposableStack();
  const session = stack.use(
    await openPortal(
      {
        browser,
        clock,
        watch: (opened, page) => {
          context = opened;
          pageNow = page;
        },
      },
      options.carrier,
      undefined,
      signal,
    ),
  );
  if (!context || !pageNow) throw new Error('The browser opened no page');
  const opened = context;
  const page = pageNow;
  const traffic = collectExchanges(opened, clock);
  const typed: string[] = [];
  let signInPage = '';
  const signedIn = await session.signIn(credentials, {
    ...hooks,
    beforeSubmit: async () => {
      signInPage = await page().content();
    },
    code: async (hint) => {
      const answer = await hooks.code(hint);
      if (typeof answer === 'object') typed.push(answer.reveal());
      return answer;
    },
  });
  if (signedIn.kind === 'failure') return signedIn;
  const home = await page().content();
  opened.setDefaultTimeout(WAIT_MS);
  opened.setDefaultNavigationTimeout(3 * WAIT_MS);

  const following = async <T>(carrier: Carrier, act: () => Promise<T>): Promise<T | Stuck> => {
    const closing = closeInterruptions(page(), carrier);
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      return { ...saidBy(error), pages: await pagesOf(page()) };
    } finally {
      closing.stop();
      for (const other of opened.pages()) if (other !== page()) await other.close();
    }
  };

  const owned = stack.move();
  return {
    read: (carrier, number) =>
      following(carrier, async () => ({ capture: await carrier.readPolicy(page(), number) })),
    list: (carrier) =>
      following(carrier, async () => {
        const json = createJsonPortal({ page, origins: carrier.origins, limitMs: 3 * WAIT_MS });
        const captures: Capture[] = [];
        for await (const capture of carrier.readBook?.(page(), json) ?? []) {
          captures.push(capture);
          if (captures.length === MOST_SCREENS) break;
        }
        return { captures };
      }),
    picture: (folder, name) => takePicture(page(), folder, name, clock()),
    exchanges: traffic.all,
    signInPage,
    home,
    secrets: async () => {
      const state = await opened.storageState();
      return [
        ...Object.values(credentials).map((secret) => secret.reveal()),
        ...typed,
        ...state.cookies.map((cookie) => cookie.value),
        ...state.origins.flatMap((origin) => origin.localStorage.map((entry) => entry.value)),
      ];
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const saidBy = (error: unknown): Omit<Stuck, 'pages'> => {
  if (error instanceof NotInSight) return { why: scrubbed(error.message), wanted: error.wanted };
  if (error instanceof PortalChanged) return { why: scrubbed(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  const call = /^(?:\w+: )?([a-z]+\.\w+)/i.exec(message)?.[1] ?? 'a step';
  return { why: `The page did not have what ${call} needs` };
};

const pagesOf = async (page: Page): Promise<string[]> => {
  const texts = await Promise.all(
    page.frames().map((frame) => frame.content().catch(() => undefined)),
  );
  return texts.filter((text) => text !== undefined);
};

/** The first screen of a sign-in, before anything is typed: what it shows, and what it does not. */
export const openSignInPage = async (browser: WorkerBrowser, carrier: Carrier) => {
  await using stack = new AsyncDisposableStack();
  const context = await browser.newContext({ ...GUARDED, locale: 'en-US' });
  stack.defer(() => context.close());
  await guard(context, carrier.origins);
  const page = await context.newPage();
  await page.goto(carrier.signIn.url, { timeout: 30_000 });
  await settle(page);
  const owned = stack.move();
  return {
    pages: await pagesOf(page),
    picture: (folder: string, name: string) => takePicture(page, folder, name, Date.now()),
    /** What the adapter would look for on this screen, and nobody sees. */
    missing: async ({ signIn }: Carrier): Promise<Finds[]> => {
      const last = signIn.fields.findIndex((field) => field.next !== undefined);
      const here = last < 0 ? signIn.fields : signIn.fields.slice(0, last + 1);
      const next = last < 0 ? signIn.submit : (signIn.fields[last]?.next ?? signIn.submit);
      const lacking: Finds[] = [];
      for (const wanted of [...here.map(({ find }) => find), next])
        if (!(await isShown(page, wanted))) lacking.push(wanted);
      return lacking;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

/** A masked picture of a recorded page, drawn without the portal. */
export const pictureOf = async (
  browser: WorkerBrowser,
  html: string,
  folder: string,
  name: string,
): Promise<string | undefined> => {
  const context = await browser.newContext({ ...GUARDED, javaScriptEnabled: false });
  try {
    await guard(context, []);
    const page = await context.newPage();
    await page.setContent(html);
    return await takePicture(page, folder, name, Date.now());
  } finally {
    await context.close();
  }
};
