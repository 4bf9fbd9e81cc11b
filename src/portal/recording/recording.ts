import { randomBytes } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright';
import type { Credentials, PolicyReading, PortalFailure, SignInHooks } from '../portal.ts';
import type { WorkerBrowser } from '../browser.ts';
import type { Capture, Carrier } from '../contract.ts';
import { collectExchanges, redactedHar, type Exchange } from './exchanges.ts';
import { leaksIn } from './leaks.ts';
import { openPortal } from '../portal-session.ts';
import { elementsInFrames, type PageElement } from './page-elements.ts';
import { propose, type Proposal } from './proposal.ts';
import { checkReading } from '../reading.ts';
import { redactPage } from './redacted-page.ts';
import { replay } from './replay.ts';
import { createRedaction, type Redaction } from './redaction.ts';
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

export interface RedactOptions {
  carrier: Carrier;
  number: string;
  absentNumber?: string;
  hide: readonly string[];
  /** The carrier's own code: what it names is layout. */
  code: readonly string[];
  keep: readonly string[];
  maskAmounts: boolean;
  now: number;
  /** What stand-ins follow from; random unless a test wants the same ones again. */
  key?: Uint8Array;
}

export interface Recording {
  /** File name -> content, to lie under the carrier's folder. */
  files: Record<string, string>;
  proposal?: Proposal;
  /** Path of the portal on which the way began; without its query, and none, where that may be of one person. */
  start?: string;
  /** Texts of the proposal that the redaction would not keep, so that code could not name them. */
  unkept: string[];
}

/** Texts between quotes of the carrier's code, and their parts: what the adapter itself names. */
const namedIn = (code: readonly string[]): string[] =>
  code
    .flatMap((text) => [
      ...(text.match(/(['"`])(?:(?!\1).)*\1/g) ?? []).map((quoted) => quoted.slice(1, -1)),
      ...(text.match(/\/[^/\n]+\/[dgimsuvy]*/g) ?? []),
    ])
    .flatMap((text) => [text, ...(text.match(/[\p{L}\p{N}_-]+/gu) ?? [])]);

/** What is replaced, in all that comes of one look at a portal, the same by the same. */
export const redactionOf = (seen: Pick<Seen, 'secrets'>, options: RedactOptions): Redaction => {
  const { carrier, number, now } = options;
  const numbers = [number, ...(options.absentNumber === undefined ? [] : [options.absentNumber])];
  return createRedaction({
    key: options.key ?? randomBytes(32),
    now,
    secrets: seen.secrets,
    hide: options.hide,
    numbers,
    keep: [
      carrier.name,
      carrier.id,
      ...carrier.origins.map((origin) => new URL(origin).hostname),
      ...carrier.signIn.fields.map((field) => field.label),
      ...namedIn(options.code),
      ...options.keep,
    ],
    maskAmounts: options.maskAmounts,
  });
};

/** Everything of a recording that may be written. Throws when a secret would be in it after all. */
export const redactRecording = (seen: Seen, options: RedactOptions): Recording => {
  const { carrier, number } = options;
  const redaction = redactionOf(seen, options);
  const proposal = seen.walked && proposalOf(seen, options);
  const cases = [
    caseOf('found', seen.found, number),
    ...(seen.absent && options.absentNumber !== undefined
      ? [caseOf('absent', seen.absent, options.absentNumber)]
      : []),
  ];
  const files: Record<string, string> = {
    'recording/sign-in.html': redactPage(seen.signInPage, redaction),
    'recording/home.html': redactPage(seen.home, redaction),
    'recording/traffic.har': json(redactedHar(seen.exchanges, redaction)),
  };
  for (const { name, capture, number: asked } of cases) {
    const redacted = redactCapture(capture, redaction);
    const shown = redaction.text(asked);
    Object.assign(files, pageFiles(name, redacted));
    files[`pages/${name}.expected.json`] = json({
      number: shown,
      ...understood(carrier, redacted, shown),
    });
  }
  for (const [name, capture] of booksOf(seen)) {
    const redacted = redactCapture(capture, redaction);
    const replayed = replay(carrier, redacted, undefined);
    // A total or a number that had to be replaced may leave a screen that nobody can read.
    if ('portalChanged' in replayed) continue;
    Object.assign(files, pageFiles(name, redacted));
    files[`pages/${name}.expected.json`] = json(replayed);
  }
  const forbidden = [...seen.secrets, ...options.hide, number];
  for (const [name, content] of Object.entries(files))
    if (leaksIn(content, forbidden).length > 0)
      throw new RecordingEnded(
        `Nothing was written: ${name} would still hold what must not be in it`,
      );
  return {
    files,
    ...(proposal && { proposal }),
    ...startOf(seen.walked, redaction),
    unkept: proposal ? unkeptOf([...textsOf(proposal), ...labelsOf(seen.walked)], redaction) : [],
  };
};

/** "book", "book-2": a case for each screen. */
const booksOf = ({ book = [] }: Seen): [name: string, capture: Capture][] =>
  book.map((capture, place) => [place === 0 ? 'book' : `book-${place + 1}`, capture]);

/** Where the way begins, unless its path is of one login alone. */
const startOf = (walked: Walked | undefined, redaction: Redaction): { start?: string } => {
  if (walked === undefined) return {};
  const { pathname, search, hash } = new URL(walked.start);
  const whole = `${pathname}${search}${hash}`;
  if (redaction.url(whole) === whole) return { start: whole };
  return redaction.url(pathname) === pathname ? { start: pathname } : {};
};

/** What the way is found by; a name or a number among it is of one person. */
const labelsOf = (walked: Walked | undefined): string[] =>
  (walked?.steps ?? [])
    .flatMap(({ find, byNumber, option }) => [
      ...(byNumber === undefined ? [find.label, find.placeholder, find.role?.[1]] : []),
      option,
    ])
    .filter((text) => typeof text === 'string');

const proposalOf = (
  seen: Seen,
  { number, absentNumber }: Pick<RedactOptions, 'number' | 'absentNumber'>,
): Proposal =>
  propose({
    number,
    results: seen.walked?.results ?? '',
    ...(seen.walked?.policy === undefined ? {} : { policy: seen.walked.policy }),
    ...(seen.absent?.html?.['results'] === undefined
      ? {}
      : { absent: seen.absent.html['results'] }),
    ...(absentNumber === undefined ? {} : { absentNumber }),
  });

const unkeptOf = (texts: readonly string[], redaction: Redaction): string[] => [
  ...new Set(texts.filter((text) => redaction.text(text) !== text)),
];

const textsOf = ({
  nothing,
  landmark,
  number,
  status,
  product,
  table,
  amounts = [],
  asOf,
}: Proposal): string[] => [
  ...new Set(
    [
      nothing,
      landmark,
      number,
      status,
      product,
      table?.name,
      table?.amount,
      table?.asOf,
      asOf,
      ...amounts,
    ].filter((text) => text !== undefined),
  ),
];

const mapValues = <A, B>(
  record: Record<string, A> | undefined,
  each: (value: A) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [name, each(value)]));

export const redactCapture = (capture: Capture, redaction: Redaction): Capture => ({
  html: mapValues(capture.html, (page) => redactPage(page, redaction)),
  json: mapValues(capture.json, (value) => redaction.json(value)),
  text: mapValues(capture.text, (text) => redaction.text(text)),
});

const pageFiles = (name: string, capture: Capture): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(capture.html ?? {}).map(([screen, page]) => [
      `pages/${name}.${screen}.html`,
      `${page}\n`,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(capture.json ?? {}).map(([call, value]) => [
      `pages/${name}.${call}.json`,
      json(value),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(capture.text ?? {}).map(([file, text]) => [`pages/${name}.${file}.txt`, text]),
  ),
});

/** What a page is expected to mean is what the parser made of it, for a person to look at; else left open. */
const understood = (
  carrier: Carrier,
  capture: Capture,
  number: string,
): { reading?: PolicyReading } => {
  try {
    return {
      reading: checkReading(carrier.parsePolicy(capture, number), number, carrier),
    };
  } catch (error) {
    if (error instanceof PortalChanged) return {};
    throw error;
  }
};

const caseOf = (name: string, capture: Capture, number: string) => ({ name, capture, number });

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
