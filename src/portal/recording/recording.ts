import type { BrowserContext, Page } from 'playwright';
import type { Credentials, PortalFailure, SignInHooks } from '../portal.ts';
import type { WorkerBrowser } from '../browser.ts';
import type { Capture, Carrier } from '../contract.ts';
import { collectExchanges, type Exchange } from './exchanges.ts';
import { openPortal } from '../portal-session.ts';
import { elementsInFrames, type PageElement } from './page-elements.ts';
import { PortalChanged } from '../failure.ts';
import { forked, walk, walkAbsent, type Choose, type Step, type Walked } from './walk.ts';

/** What was seen of a portal, as it was. It is never written; `redactRecording` is. */
export interface Seen {
  signInPage: string;
  home: string;
  found: Capture;
  absent?: Capture;
  /** The first screens of the whole book, where the carrier lists it. */
  book?: readonly Capture[];
  exchanges: readonly Exchange[];
  /** How the policy was come to, where the carrier did not say it itself. */
  walked?: Walked;
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
  choose?: Choose;
  /** Whether the page that no rule of the sign-in knows is one behind it, of which these are parts. */
  landed?: (elements: readonly PageElement[]) => Promise<boolean>;
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
  const { carrier, number, clock } = options;
  let context: BrowserContext | undefined;
  let pageNow: (() => Page) | undefined;
  const typed: string[] = [];
  await using session = await openPortal(
    {
      browser: options.browser,
      clock,
      watch: (opened, page) => {
        context = opened;
        pageNow = page;
      },
    },
    carrier,
    undefined,
    options.signal,
  );
  if (!context || !pageNow) throw new Error('The browser opened no page');
  const traffic = collectExchanges(context, clock);
  const page = pageNow;
  let signInPage = '';
  const signedIn = await session.signIn(options.credentials, {
    ...options.hooks,
    beforeSubmit: async () => {
      signInPage = await page().content();
    },
    code: async (hint) => {
      const answer = await options.hooks.code(hint);
      if (typeof answer === 'object') typed.push(answer.reveal());
      return answer;
    },
  });
  if (signedIn.kind === 'failure') {
    const elements =
      signedIn.reason === 'portal-changed' && !page().isClosed()
        ? await elementsInFrames(page())
        : [];
    // A person who sees that it is signed in goes on in this session: the password leaves once.
    if (elements.length === 0 || !(await options.landed?.(elements)))
      throw new RecordingEnded('The sign-in did not succeed', signedIn, elements);
  }
  const home = await page().content();

  // A recorder that looks longer than this finds nothing more.
  context.setDefaultTimeout(WAIT_MS);
  const own = options.walkAnew ? undefined : await ownWay(carrier, page(), number);
  const walked = own ? undefined : await walk(page(), number, options);
  if (!own && !walked) throw new RecordingEnded('No way to the policy was found');
  const { absentNumber } = options;
  let absent: Capture | undefined;
  let way = walked;
  if (absentNumber !== undefined) {
    if (own) absent = await ownWay(carrier, page(), absentNumber);
    else if (walked) {
      const again = await walkAbsent(page(), absentNumber, walked);
      absent = { html: { results: again.absent } };
      if (again.fork !== undefined) way = forked(walked, again.fork);
    }
  }
  const found = own ?? captureOf(way);
  const state = await context.storageState();
  const secrets = [
    ...Object.values(options.credentials).map((secret) => secret.reveal()),
    ...typed,
    ...state.cookies.map((cookie) => cookie.value),
    ...state.origins.flatMap((origin) => origin.localStorage.map((entry) => entry.value)),
  ];
  return {
    signInPage,
    home,
    found,
    ...(absent && { absent }),
    exchanges: await traffic.all(),
    ...(way && { walked: way }),
    secrets,
  };
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
const captureOf = (walked: Walked | undefined): Capture => ({
  html:
    walked?.policy === undefined
      ? { policy: walked?.results ?? '' }
      : { results: walked.results, policy: walked.policy },
});
