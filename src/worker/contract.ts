import type * as cheerio from 'cheerio';
import type { Locator, Page } from 'playwright';
import type { Money } from '#domain/money.ts';

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
   * Asked of a page at any time after sign-in, before what is on it is believed. The shared
   * detections (locked, maintenance, robot check, second session ...) run as well.
   */
  outcomes?: readonly OutcomeRule[];
  /**
   * Goes to the first screen behind the sign-in, with what an earlier session left in the browser.
   * Whether it opened is judged by the 'signed-in' outcomes of `signIn`.
   */
  openHome: (page: Page) => Promise<void>;
  /**
   * Navigation only: brings the policy's screens up and captures them. Throws nothing for "no such
   * policy": it captures the page that says so. The number is given raw, as the CRM stores it. The
   * page may be anywhere at the start, so begin with `page.goto`.
   */
  readPolicy: (page: Page, number: string) => Promise<Capture>;
  /** Pure. Throws `kit.PortalChanged` when the capture is not understood. */
  parsePolicy: (capture: Capture, number: string) => Reading;
}

/** What was captured, verbatim: HTML by name of the screen, and JSON bodies by name of the call. */
export interface Capture {
  html?: Record<string, string>;
  json?: Record<string, unknown>;
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
  /** ISO date (yyyy-mm-dd) at the carrier. */
  asOf: string;
}

export interface SignIn {
  /** Absolute address of the sign-in page. */
  url: string;
  fields: readonly SignInField[];
  submit: Find;
  /** First match decides; a page that matches none after the wait is `portal-changed`. */
  outcomes: readonly SignInOutcomeRule[];
  code?: {
    field: Find;
    submit: Find;
    resend?: Find;
    /** Text that tells where the code went, shown to the person: "Sent to ***-**17". */
    hint?: Find;
    /** Digits or letters of a code; other input is refused before the portal sees it. */
    pattern: RegExp;
  };
}

export interface SignInField {
  /** Key in the sealed credentials. */
  name: string;
  /** As the portal labels it; the link page shows the same. */
  label: string;
  secret: boolean;
  /** HTML autocomplete token for password managers. */
  autocomplete: 'username' | 'current-password' | 'off';
  find: Find;
}

/**
 * How an element is found; tried in this order: label, placeholder, role, name, CSS. Texts match
 * whole; give a RegExp for a part. Only what can be seen counts.
 */
export interface Find {
  label?: string | RegExp;
  placeholder?: string | RegExp;
  role?: readonly ['button' | 'textbox' | 'link', string | RegExp];
  /** The HTML name attribute. */
  name?: string;
  css?: string;
}

/** All that is given must hold: of the address, of the text that can be seen, of an element in sight. */
export interface OutcomeRule {
  when: { url?: RegExp; text?: RegExp; css?: string };
  is: Trouble;
}

export interface SignInOutcomeRule {
  when: OutcomeRule['when'];
  is: 'signed-in' | 'code-needed' | Trouble;
}

/** Why a page is not the one that was asked for; each is a reason of domain/outcome.ts. */
export type Trouble =
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
  load: typeof cheerio.load;
  /** "$1,234.50", "(12.00)", "1.234,50 €" -> Money. Throws PortalChanged on anything else. */
  money: (text: string, currency: string, style?: 'decimal-point' | 'decimal-comma') => Money;
  /** A date in the portal's format (date-fns tokens) -> yyyy-mm-dd. Throws PortalChanged. */
  date: (text: string, format: string) => string;
  /** Text of the only element that matches, white space folded. Throws PortalChanged. */
  text: ($: cheerio.CheerioAPI, css: string) => string;
  /** Terms and descriptions of the one `<dl>` that matches. Throws PortalChanged. */
  pairs: ($: cheerio.CheerioAPI, css: string) => Record<string, string>;
  /** Rows of the one table that matches, as records keyed by header text. Throws PortalChanged. */
  table: ($: cheerio.CheerioAPI, css: string) => Record<string, string>[];
  /** Compare policy numbers: case, spaces and dashes aside. */
  sameNumber: (a: string, b: string) => boolean;
  /** Waits for it. Throws PortalChanged when it does not come in sight. */
  find: (page: Page, find: Find) => Promise<Locator>;
  /**
   * Does `act` and gives the JSON of the answer whose address matches. An answer that refuses
   * (4xx but 404, 5xx) ends the read: session ended, carrier down.
   */
  json: (page: Page, address: RegExp, act: () => Promise<unknown>) => Promise<unknown>;
  /** Of JSON: the text at a path ("status.description"). Throws PortalChanged. */
  property: (value: unknown, path: string) => string;
  /** Of JSON: the list at a path. Throws PortalChanged. */
  list: (value: unknown, path: string) => readonly unknown[];
  PortalChanged: new (message: string) => Error;
}
