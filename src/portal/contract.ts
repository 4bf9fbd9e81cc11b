import type * as cheerio from 'cheerio';
import type { Frame, Locator, Page } from 'playwright';
import type { Money } from '#shared/money.ts';
import type { StatusWords } from '#shared/status.ts';
import type { CsvOptions } from './kit/csv.ts';
import type { Heading, Row } from './kit/headings.ts';
import type { MoneyStyle } from './kit/money.ts';
import type { DownloadedFile } from './kit/openings.ts';
import type { RowsOptions } from './kit/rows.ts';
import type { ValuesOptions } from './kit/values.ts';

export interface PagesOptions {
  /** What brings the next screen up; the last one has it no more, or disabled. */
  next: Finds;
  /** What is in sight only while a screen is being drawn. */
  busy?: Finds;
  /** More screens than these are a listing without an end; 500 at most. */
  most?: number;
}

/**
 * The carrier contract. A carrier is one folder whose default export is `(kit) => carrier`; it
 * imports types only, gets every helper from the kit, and may live outside the repository.
 */
export type CarrierFactory = (kit: Kit) => Carrier;

export interface Carrier {
  /** Stable key, kebab case; what `carriers.csv` and the database call it. */
  id: string;
  /** As people say it: "Northbridge Life". */
  name: string;
  /** Only these origins may be talked to; everything else is refused at the browser context. */
  origins: readonly string[];
  /** Demo carriers never load beside real tokens. */
  demo?: true;
  /** How long a signed-in session may be used, in minutes, counted from the sign-in. */
  sessionMinutes: number;
  /** The most automatic sign-ins (stored password, no person present) in one day. */
  automaticSignInsPerDay: number;
  /** Whether a sign-in may ask for a code; then it never runs without a person. */
  codes: 'never' | 'sometimes' | 'always';
  signIn: SignIn;
  /** Where people go themselves, for guidance: the portal's front page. */
  portalUrl: string;
  /** What a person does to unlock a locked login, one sentence. */
  unlockSteps: string;
  /**
   * Asked of a page behind the sign-in, before what is on it is believed; of the sign-in itself only
   * where a rule says so by `at`. The shared detections (locked, maintenance, robot check, second
   * session ...) run as well.
   */
  outcomes?: readonly OutcomeRule[];
  /** Screens that come between (news, a survey, a cookie notice): closed wherever they show, then the step goes on. */
  interruptions?: readonly { when: When; close: Finds }[];
  /** For portals that end an idle session: what keeps one alive, and how often it must happen at least. */
  keepAlive?: { everyMinutes: number; act: (page: Page) => Promise<unknown> };
  /**
   * Goes to the first screen behind the sign-in, with what an earlier session left in the browser.
   * Whether it opened is judged by the 'signed-in' outcomes of `signIn`.
   */
  openHome: (page: Page) => Promise<void>;
  /**
   * Every name under which the portal shows a value. Where they are given, another one means that a label
   * was changed: the page is not understood then, rather than a value going missing in silence.
   */
  valueNames?: readonly string[];
  /**
   * What words mean that this portal shows as a status: those of no common vocabulary (`npm run sync -- carrier
   * check` names them), and those that mean something else here. Left out, a person is asked once.
   */
  statusWords?: StatusWords;
  /**
   * Navigation only: brings the policy's screens up and captures them. Throws nothing for "no such
   * policy": it captures the page that says so. The number is given raw, as the CRM stores it. The
   * page may be anywhere at the start, so begin with `page.goto`.
   */
  readPolicy: (page: Page, number: string) => Promise<Capture>;
  /**
   * The same without driving the page: asks the portal's own JSON with the signed-in session. Where
   * it is declared it is tried first; `readPolicy` is the way back when the portal does not answer so.
   */
  readJson?: (portal: JsonPortal, number: string) => Promise<Capture>;
  /** Pure. Throws `kit.PortalChanged` when the capture is not understood. */
  parsePolicy: (capture: Capture, number: string) => Reading;
  /**
   * The whole book of this login in as few screens as the portal allows: each screen (or file) is
   * given on as it comes. Navigation only, and the page may be anywhere at the start. Where the
   * portal's JSON lists more at once, ask that.
   */
  readBook?: (page: Page, portal: JsonPortal) => AsyncIterable<Capture>;
  /** Pure; of one screen of the listing. Throws `kit.PortalChanged` when it is not understood. */
  parseBook?: (capture: Capture) => BookPage;
}

/** What was captured, verbatim, by name of the screen, call or file. */
export interface Capture {
  html?: Record<string, string>;
  json?: Record<string, unknown>;
  /** Text of downloads: CSV as it came, PDF as `kit.pdf` gives it. */
  text?: Record<string, string>;
}

/**
 * The portal's JSON, asked from within the page as its own scripts ask, with the cookies of the session.
 * Addresses outside its origins are refused, and so are redirects and answers that are too large.
 */
export interface JsonPortal {
  /** A refusing answer (4xx but 404, 5xx) ends the read, as with `kit.json`; what is no JSON is PortalChanged. */
  get: (address: string, headers?: Record<string, string>) => Promise<unknown>;
  /** The same with a body, sent as JSON: what JSON-RPC and GraphQL ask stands there. */
  post: (address: string, body: unknown, headers?: Record<string, string>) => Promise<unknown>;
  /** A key of the page's session or local storage, where single pages keep their bearer token. */
  stored: (key: string) => Promise<string | undefined>;
}

/** A call of the page, told from others at the same address by the body it sends. */
export interface JsonCall {
  address: RegExp;
  /** Given the JSON that is sent; what is sent otherwise does not match. */
  asks: (body: unknown) => boolean;
}

/** One screen of a listing of the whole book. */
export interface BookPage {
  /** As each row shows it. A row that lacks a value other rows have names it in `missing`. */
  entries: readonly Snapshot[];
  /** Rows that were not understood, by their place on the screen (from 1); they are read singly. */
  unreadable?: readonly { row: number; why: string }[];
  /**
   * How many policies the portal says the whole book has, where it says so. A screen without rows is
   * believed only with a total of 0, in words or figures of the portal: an empty book is never inferred.
   */
  total?: number;
}

export type Reading =
  | { kind: 'found'; snapshot: Snapshot }
  /** The portal said, in words we understand, that this login has no such policy. */
  | { kind: 'absent'; closeNumbers?: readonly string[] };

export interface Snapshot {
  /** As the portal shows it. */
  number: string;
  /** Raw status text of the portal, never mapped by the carrier. */
  status: string;
  productName?: string;
  values: readonly ReadValue[];
  /** Names of values the page should have shown and did not (the label is there, the amount not). */
  missing?: readonly string[];
}

export interface ReadValue {
  /** "Account Value", "Cash Value", "Surrender Value", "Death Benefit", "Face Value", ... */
  name: string;
  amount: Money;
  /**
   * ISO date (yyyy-mm-dd) at the carrier. `unknown` where the portal shows none beside this value, ever:
   * what it is worth is then as of the reading, and nobody is told that it is fresh, or old.
   */
  asOf: string;
}

export interface SignIn {
  /** Absolute address of the sign-in page. */
  url: string;
  fields: readonly SignInField[];
  submit: Finds;
  /**
   * How many requests carry the password to the portal in one sign-in, where that is not one: a page
   * that checks it first and then signs in needs two. Any more are refused.
   */
  submissions?: 2;
  /** First match decides; a page that matches none after the wait is `portal-changed`. */
  outcomes: readonly SignInOutcomeRule[];
  code?: {
    field: Finds;
    submit: Finds;
    resend?: Finds;
    /** Text that tells where the code went, shown to the person: "Sent to ***-**17". */
    hint?: Finds;
    /** Digits or letters of a code; other input is refused before the portal sees it. */
    pattern: RegExp;
    /**
     * How many codes a person may try in one sign-in, the password submitted once; 1 unless said. Fewer
     * than the portal takes before it locks the login. A rule for the refusal says `at: 'after'` where
     * the page keeps its words: it is asked again after the second.
     */
    tries?: 2 | 3;
    /** Codes come from an authenticator and no other way: a set-up key answers them without a person. */
    authenticator?: true;
    /** Where the portal first asks which way the code should go (outcome `channel-needed`). */
    channels?: {
      offered: readonly { id: string; label: string; find: Finds }[];
      /** Pressed after one was chosen; none where choosing is enough. */
      submit?: Finds;
      /** On the code screen: back to the choice. */
      another?: Finds;
      /** The channel whose codes come from an authenticator: a stored seed answers it without a person. */
      authenticator?: string;
    };
    /** "Remember this device": ticked before a code is submitted. How many days it then asks for none. */
    trust?: { find: Finds; days: number };
  };
  /** A notice after sign-in that the password ends on a day, as kit.date reads it. */
  passwordEnds?: { find: Finds; pattern: RegExp; format: string };
}

export interface SignInField {
  /** Key in the sealed credentials. */
  name: string;
  /** As the portal labels it; the link page shows the same. */
  label: string;
  secret: boolean;
  /** HTML autocomplete token for password managers. */
  autocomplete: 'username' | 'current-password' | 'off';
  find: Finds;
  /** Pressed after this field when the next one is on another screen. No secret may come before it. */
  next?: Finds;
}

/** One element, or several generations of it: the first in sight counts. */
export type Finds = Find | readonly Find[];

/**
 * How an element is found; tried in this order: label, placeholder, role, text, name, CSS. Texts match
 * whole; give a RegExp for a part. Only what can be seen counts.
 */
export interface Find {
  label?: string | RegExp;
  placeholder?: string | RegExp;
  role?: readonly ['button' | 'textbox' | 'link', string | RegExp];
  /** The smallest element that shows it. */
  text?: string | RegExp;
  /** The HTML name attribute. */
  name?: string;
  css?: string;
  /** Inside the row of a table or a list that shows this, as one "View" of many. */
  row?: RegExp;
  /** Inside this frame, which is found in the same way; `any`: in the page and all its frames. */
  frame?: Find | 'any';
}

/** All that is given must hold: of the address, of the text that can be seen, of an element in sight. */
export interface When {
  url?: RegExp;
  text?: RegExp;
  css?: string;
  /** For what the others cannot say. Looks only; what it throws counts as not holding. */
  test?: (page: Page) => Promise<boolean>;
}

/**
 * When a rule is asked: `before` the password has left (the first page, screens of the form), `after`
 * the portal was given it or a code, or behind the sign-in.
 */
export type Moment = 'before' | 'after' | 'signed-in';

export interface OutcomeRule {
  when: When;
  is: Failure;
  /** `signed-in`, unless said. */
  at?: Moment | readonly Moment[];
}

export interface SignInOutcomeRule {
  when: When;
  is: 'signed-in' | 'code-needed' | 'channel-needed' | Failure;
  /**
   * `before` and `after`, unless said; what only an answer can mean (bad-credentials, code-rejected,
   * code-timed-out) is not asked of a form that nobody has filled in, nor where the form goes on, nor
   * of a page that is signed in. `after` alone counts even where the same stood there before: the
   * portal has answered, and it is there again.
   */
  at?: 'before' | 'after';
}

/** Why a page is not the one that was asked for; each is a reason of domain/outcome.ts. */
export type Failure =
  | 'bad-credentials'
  | 'password-expired'
  | 'session-ended'
  | 'code-rejected'
  | 'code-timed-out'
  | 'locked'
  | 'action-needed'
  | 'session-conflict'
  | 'carrier-down'
  | 'blocked'
  | 'portal-changed';

export interface Kit {
  /** The carrier's address: the given one, unless the configuration names another for this id. */
  address: (id: string, fallback: string) => string;
  /** A captured page. Throws PortalChanged when it is cut off. */
  load: (html: string) => cheerio.CheerioAPI;
  /**
   * "$1,234.50", "(12.00)", "12.00-", "1.234,50 €" -> Money. A currency that is stated must be the one
   * asked for; CR and DR are understood where `credit` says what they mean. Throws PortalChanged.
   */
  money: (
    text: string,
    currency: string,
    style?: 'decimal-point' | 'decimal-comma' | MoneyStyle,
  ) => Money;
  /**
   * A date in the portal's format (date-fns tokens) and language ("en-US" by default, "fr", "de") ->
   * yyyy-mm-dd. Of several formats, all that fit must say the same day. Throws PortalChanged.
   */
  date: (text: string, format: string | readonly string[], language?: string) => string;
  /** Text of the only element that matches, white space folded. Throws PortalChanged. */
  text: ($: cheerio.CheerioAPI, css: string) => string;
  /** Terms and descriptions of the one `<dl>` that matches. Throws PortalChanged. */
  pairs: ($: cheerio.CheerioAPI, css: string) => Record<string, string>;
  /** Rows of the one table that matches, as records keyed by header text. Throws PortalChanged. */
  table: ($: cheerio.CheerioAPI, css: string) => Record<string, string>[];
  /**
   * Rows of the table that has these columns, by their headings: in any order, among others, of any
   * markup (thead, th in rows, colspan, ARIA roles). Throws PortalChanged when there is none, several
   * that differ, a row that is not whole, or no row where the portal does not say so (`empty`).
   */
  rows: <K extends string, O extends string = never>(
    $: cheerio.CheerioAPI,
    options: RowsOptions<K, O>,
  ) => Row<K, O>[];
  /**
   * Values by the label beside them, whatever the markup: terms, rows of two cells, labelled fields,
   * pairs of elements, "Label: value". Throws PortalChanged when a label is not there, has no value,
   * or has different ones; an optional one is then left out, unless it has different ones.
   */
  values: <K extends string, O extends string = never>(
    $: cheerio.CheerioAPI,
    options: ValuesOptions<K, O>,
  ) => Row<K, O>;
  /** Whether the page says so, somewhere in sight: a text matches whole, a RegExp in part. */
  says: ($: cheerio.CheerioAPI, sentence: string | RegExp) => boolean;
  /** What most portals call their values, for `valueNames`. */
  usualValueNames: readonly string[];
  /** Compare policy numbers: case, spaces and dashes aside. */
  sameNumber: (a: string, b: string) => boolean;
  /** Matches the number alone, as a page may write it: with other separators, or none. */
  numberPattern: (number: string) => RegExp;
  /** Matches the number among other words, and in no longer number. */
  numberWithin: (number: string) => RegExp;
  /** Waits for it. Throws PortalChanged when it does not come in sight. */
  find: (place: Page | Frame, find: Finds) => Promise<Locator>;
  /** Whether it is in sight now; never waits. */
  isShown: (place: Page | Frame, find: Finds) => Promise<boolean>;
  /** The document of a frame, for `kit.find` and `content()`. Waits for it. Throws PortalChanged. */
  frame: (place: Page | Frame, find: Finds) => Promise<Frame>;
  /** HTML of a page or frame as it is now. Throws PortalChanged when it is larger than any page needs. */
  html: (place: Page | Frame) => Promise<string>;
  /**
   * HTML of each screen of a listing, once it is drawn, as long as `next` is in sight and enabled.
   * Throws PortalChanged when a screen comes twice or does not change, or the listing has no end.
   */
  pages: (place: Page | Frame, options: PagesOptions) => AsyncIterable<string>;
  /**
   * HTML of a list that draws only what is in sight, at each place it is scrolled to: rows come more
   * than once. Throws PortalChanged when it has no end.
   */
  scroll: (
    place: Page | Frame,
    options: { list: Finds; busy?: Finds; most?: number },
  ) => AsyncIterable<string>;
  /**
   * Sets a select to the option of this text, or a box to ticked or not, as a filter that hides closed
   * policies; true when that changed something. Throws PortalChanged when there is no such option.
   */
  choose: (place: Page | Frame, find: Finds, value: string | boolean) => Promise<boolean>;
  /**
   * Does `act` and gives the window that it opens, fenced like the first and closed when the read
   * ends. Other windows are closed unseen. Throws PortalChanged when none opens.
   */
  popup: (page: Page, act: () => Promise<unknown>) => Promise<Page>;
  /**
   * Does `act` and gives the file that it downloads; other downloads are refused. Throws
   * PortalChanged when none begins, or one of more than `mostBytes` (25 MB at most).
   */
  download: (
    page: Page,
    act: () => Promise<unknown>,
    options?: { mostBytes?: number },
  ) => Promise<DownloadedFile>;
  /**
   * Pure. Rows of a CSV file by the columns asked for, whatever their order, the delimiter, and the
   * lines above the headers. Throws PortalChanged when they are not there, or a row is not whole.
   */
  csv: <K extends string, O extends string = never>(
    text: string,
    options: CsvOptions<K, O>,
  ) => Row<K, O>[];
  /**
   * Text of a PDF, line by line as people read it; cells of a line that stand apart are divided by a
   * tab, pages by a form feed on its own line. Throws PortalChanged (no PDF, a scan without text).
   */
  pdf: (bytes: Uint8Array) => Promise<string>;
  /**
   * Does `act` and gives the JSON of the answer whose address, or call, matches. An answer that refuses
   * (4xx but 404, 5xx) ends the read: session ended, carrier down.
   */
  json: (page: Page, call: RegExp | JsonCall, act: () => Promise<unknown>) => Promise<unknown>;
  /**
   * Pure. A policy on several screens, one of which may have changed while the others were read: where
   * the screens show different texts beside these labels, its values are named without an amount, so
   * that it is read once more and never passes for whole. Give the first screen again, at the end, where
   * no label tells. Throws PortalChanged when a label is on none of the screens.
   */
  agree: (
    screens: readonly cheerio.CheerioAPI[],
    labels: readonly Heading[],
    snapshot: Snapshot,
  ) => Snapshot;
  /** Of JSON: the text at a path ("status.description"). Throws PortalChanged. */
  property: (value: unknown, path: string) => string;
  /** Of JSON: the amount at a path, a number or a text. Throws PortalChanged. */
  amount: (
    value: unknown,
    path: string,
    currency: string,
    style?: 'decimal-point' | 'decimal-comma' | MoneyStyle,
  ) => Money;
  /** Of JSON: the list at a path. Throws PortalChanged. */
  list: (value: unknown, path: string) => readonly unknown[];
  /** Each row of a listing by itself: one that throws PortalChanged is named, and the others are read. */
  entries: <Row>(
    rows: readonly Row[],
    read: (row: Row) => Snapshot,
  ) => Required<Pick<BookPage, 'entries' | 'unreadable'>>;
  PortalChanged: new (message: string) => Error;
}
