import type { BrowserContext, Page } from 'playwright';
import type { Credentials, PortalFailure, PortalSession, SignInHooks } from '../portal.ts';
import type { WorkerBrowser } from '../browser.ts';
import type { Capture, Carrier } from '../contract.ts';
import { collectExchanges, type Exchange } from './exchanges.ts';
import { openPortal } from '../portal-session.ts';
import { elementsInFrames, type PageElement } from './page-elements.ts';
import { PortalChanged } from '../failure.ts';
import { looksSignedIn } from '../rules.ts';
import { settle } from './settle.ts';
import { walkList, type Listed } from './list.ts';
import type { Step } from './step.ts';
import { forked, StepFailed, walk, walkAbsent, walkAgain, type Walked } from './walk.ts';
import type { LeadWindow } from './window/window.ts';

/** What was seen of a portal, as it was. It is never written; `redactRecording` is. */
export interface Seen {
  signInPage: string;
  home: string;
  found: Capture;
  absent?: Capture;
  /** The first screens of the whole book, where the carrier lists it. */
  book?: readonly Capture[];
  /** How that was come to, where the carrier does not say it itself; or why it was not. */
  listed?: Listed | StepFailed | PortalChanged;
  exchanges: readonly Exchange[];
  /** How the policy was come to, where the carrier did not say it itself. */
  walked?: Walked;
  /** Words that show only behind the sign-in, where no rule of it knows the page. */
  landmark?: string;
  /** Cookies, storage and what was typed: may be in nothing that is written. */
  secrets: readonly string[];
}

export interface RecordOptions {
  browser: WorkerBrowser;
  clock: () => number;
  carrier: Carrier;
  credentials: Credentials;
  hooks: Pick<SignInHooks, 'code' | 'channel'>;
  number: string;
  /** A number that nobody has, to record what the portal then says. */
  absentNumber?: string;
  /** Does not ask the carrier's own `readPolicy`. */
  walkAnew?: boolean;
  steps?: readonly Step[];
  /** The way from the first screen to the list of all policies; it may be that screen. */
  list?: { steps: readonly Step[]; led: boolean };
  /** Where a person leads, once the sign-in is over; nothing is guessed then. */
  openWindow?: (context: BrowserContext, page: () => Page, anew: () => void) => Promise<LeadWindow>;
  /** The person signs in there too: no credentials are given. */
  byHand?: boolean;
  signal: AbortSignal;
}

/** Ends a recording; `shown` is what could be used on the page then. */
export class RecordingEnded extends Error {
  override name = 'RecordingEnded';
  readonly failure: PortalFailure | undefined;
  readonly shown: readonly PageElement[];

  constructor(message: string, failure?: PortalFailure, shown: readonly PageElement[] = []) {
    super(message);
    this.failure = failure;
    this.shown = shown;
  }
}

const WAIT_MS = 6000;

/** Signs in once, goes to one policy and to none, and keeps what the portal showed. */
export const record = async (options: RecordOptions): Promise<Seen> => {
  const { carrier, number, absentNumber, clock } = options;
  let opened: [BrowserContext, () => Page, () => void] | undefined;
  await using session = await openPortal(
    { browser: options.browser, clock, watch: (...parts) => void (opened = parts) },
    carrier,
    undefined,
    options.signal,
  );
  if (!opened) throw new Error('The browser opened no page');
  const [context, page, anew] = opened;
  const traffic = collectExchanges(context, clock);
  const entered = options.byHand
    ? await signInPageOf(page(), carrier)
    : await signInByRules(session, page, options);
  await using windows = new AsyncDisposableStack();
  let lead: LeadWindow | undefined;
  const openWindow = async (): Promise<LeadWindow | undefined> => {
    lead ??= windows.use(await options.openWindow?.(context, page, anew));
    return lead;
  };
  let landmark: string | undefined;
  if (options.byHand || entered.failure !== undefined) {
    if (entered.failure === undefined || entered.failure.reason === 'portal-changed')
      await openWindow();
    // A person who sees that it is signed in goes on in this session: the password leaves once.
    if (!(await lead?.signedIn()))
      throw new RecordingEnded(
        'The sign-in did not succeed',
        entered.failure,
        entered.failure?.reason === 'portal-changed' ? await shownOn(page()) : [],
      );
    if (!(await looksSignedIn(page(), carrier))) landmark = await lead?.pointed();
    // What was typed by hand is in no list of secrets, so nothing of that is kept.
    await traffic.forget();
  }
  await settle(page());
  const home = await page().content();
  const homeAddress = page().url();

  // A recorder that looks longer than this finds nothing more.
  context.setDefaultTimeout(WAIT_MS);
  const own = options.walkAnew ? undefined : await ownWay(carrier, page(), number);
  const walked = own ? undefined : await walkOnce(page(), options, await openWindow());
  if (!own && !walked) throw new RecordingEnded('No way to the policy was found');
  let absent: Capture | undefined;
  let way = walked;
  if (absentNumber !== undefined) {
    if (own) absent = await ownWay(carrier, page(), absentNumber);
    else if (walked) {
      const again = await walkAbsent(page(), absentNumber, walked, lead?.acting);
      absent = { html: { results: again.absent } };
      if (again.fork !== undefined) way = forked(walked, again.fork);
    }
  }
  const listed =
    options.list &&
    (await listing(page(), homeAddress, options, options.list.led ? await openWindow() : lead));
  const found = own ?? (way && captureOf(way));
  if (!found) throw new RecordingEnded('No way to the policy was found');
  const state = await context.storageState();
  const secrets = [
    ...Object.values(options.credentials).map((secret) => secret.reveal()),
    ...entered.typed,
    ...state.cookies.map((cookie) => cookie.value),
    ...state.origins.flatMap((origin) => origin.localStorage.map((entry) => entry.value)),
  ];
  return {
    signInPage: entered.page,
    home,
    found,
    ...(absent && { absent }),
    exchanges: await traffic.all(),
    ...(way && { walked: way }),
    ...(landmark && { landmark }),
    ...(listed && { listed }),
    ...(listed &&
      !(listed instanceof Error) && {
        book: listed.screens.map((book) => ({ html: { book } })),
      }),
    secrets,
  };
};

/** How the sign-in went; `page` is its page before anything was submitted. */
interface Entered {
  page: string;
  failure?: PortalFailure;
  /** Codes. */
  typed: readonly string[];
}

const signInByRules = async (
  session: PortalSession,
  page: () => Page,
  { credentials, hooks }: RecordOptions,
): Promise<Entered> => {
  const typed: string[] = [];
  let shown = '';
  const signedIn = await session.signIn(credentials, {
    ...hooks,
    beforeSubmit: async () => {
      shown = await page().content();
    },
    code: async (hint) => {
      const answer = await hooks.code(hint);
      if (typeof answer === 'object') typed.push(answer.reveal());
      return answer;
    },
  });
  return { page: shown, typed, ...(signedIn.kind === 'failure' && { failure: signedIn }) };
};

const signInPageOf = async (page: Page, carrier: Carrier): Promise<Entered> => {
  await page.goto(carrier.signIn.url);
  await settle(page);
  return { page: await page.content(), typed: [] };
};

const shownOn = async (page: Page): Promise<readonly PageElement[]> =>
  page.isClosed() ? [] : elementsInFrames(page);

/** The way as a person leads it and then once more by itself; else as it is said, or guessed. */
const walkOnce = async (
  page: Page,
  { number, steps }: RecordOptions,
  lead: LeadWindow | undefined,
): Promise<Walked | undefined> => {
  const given = steps === undefined ? {} : { steps };
  if (lead === undefined) return walk(page, number, given);
  const { choose, acting } = lead;
  await lead.listen();
  const led = await walk(page, number, { ...given, choose, acting, led: 'now' });
  return led && walkAgain(page, number, led, { choose, acting });
};

/** The list of policies; what is in the way of it costs nothing that was recorded before. */
const listing = async (
  page: Page,
  start: string,
  { number, list = { steps: [], led: false } }: RecordOptions,
  lead: LeadWindow | undefined,
): Promise<Listed | StepFailed | PortalChanged | undefined> => {
  const led = lead && { choose: lead.choose, acting: lead.acting };
  await lead?.listen();
  try {
    return await walkList(page, start, number, { ...list, ...led });
  } catch (error) {
    if (error instanceof StepFailed || error instanceof PortalChanged) return error;
    throw error;
  }
};

/** What a scaffold throws until its way is known. */
export const UNRECORDED = 'The way to a policy is not recorded yet';

const ownWay = async (
  carrier: Carrier,
  page: Page,
  number: string,
): Promise<Capture | undefined> => {
  try {
    return await carrier.readPolicy(page, number);
  } catch (error) {
    if (error instanceof PortalChanged && error.message === UNRECORDED) return undefined;
    throw error;
  }
};

/** A policy that the search itself shows is its own page; the way says so too. */
const captureOf = ({ fork, results, policy, values }: Walked): Capture => ({
  html: {
    ...(fork !== undefined && { results }),
    policy: policy.html,
    ...(values && { values: values.html }),
  },
});
