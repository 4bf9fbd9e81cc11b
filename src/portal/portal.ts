import type { Reason } from '#shared/outcome.ts';
import type { Money } from '#shared/money.ts';
import type { TaughtWords } from '#shared/status.ts';
import type { Secret } from '#shared/secret.ts';

/** What a session needs of a carrier's portal; the worker provides it with a real browser. */
export interface Portals {
  /**
   * One browser context for this login source. `kept` is the sealed-away state of an earlier
   * session (cookies, storage), already opened. The caller disposes.
   */
  open: (
    source: PortalSource,
    kept: Secret | undefined,
    signal: AbortSignal,
  ) => Promise<PortalSession>;
  /** Starts the browser where none runs. Throws NoBrowser, as `open` does. */
  ready?: () => Promise<void>;
  /** What the carrier declares, for decisions taken before a browser is used. */
  carrier: (carrierId: string) => CarrierFacts | undefined;
  /**
   * Sessions opened from now on use the adapter of this hash. False when the carrier's folder does not
   * hold that one, as on a machine where the mend was not made.
   */
  renew?: (carrierId: string, hash: string) => Promise<boolean>;
  /** What the firm says a carrier's status words mean: read by sessions that are open, too. */
  teach?: (carrierId: string, words: TaughtWords) => void;
}

export interface PortalSource {
  id: string;
  carrierId: string;
  name: string;
}

export interface CarrierFacts {
  id: string;
  /** Of the adapter's files: another one is another adapter. */
  hash?: string;
  name: string;
  portalUrl: string;
  unlockSteps: string;
  sessionMinutes: number;
  automaticSignInsPerDay: number;
  codes: 'never' | 'sometimes' | 'always';
  fields: readonly CredentialField[];
  codePattern?: RegExp;
  /** The portal sends another code when it is asked to. */
  sendsCodeAgain?: boolean;
  /** Ways a code may go, where the portal lets one choose; with the one an authenticator answers. */
  channels?: readonly CodeChannel[];
  authenticatorChannel?: string;
  /** How many days the portal asks for no code after a device was remembered. */
  trustDays?: number;
  /** How often a session must be used, so that the portal does not end it. */
  keepAliveMinutes?: number;
  /** The portal lists a whole book at once. */
  listsBook?: boolean;
  /** What the adapter says that the portal's words mean. */
  statusWords?: TaughtWords;
}

/** "text", "Text message to (•••) •••-1917". */
export interface CodeChannel {
  id: string;
  label: string;
}

/** A field of the sign-in, as the carrier labels it. */
export interface CredentialField {
  name: string;
  label: string;
  secret: boolean;
  autocomplete: 'username' | 'current-password' | 'off';
}

/** Field name -> what the person typed. */
export type Credentials = Record<string, Secret>;

/**
 * Each step has a time limit and ends in a result; when the signal aborts, the step under way
 * rejects with the signal's reason, at once, and the browser context is closed.
 */
export interface PortalSession extends AsyncDisposable {
  /**
   * Whether it is still signed in: by what was kept, or since its own sign-in. `ended` submits
   * nothing. Given a signal, the session obeys that one from now on: a warm one has a new owner.
   */
  resume: (signal?: AbortSignal) => Promise<PortalResult<'alive' | 'ended'>>;
  /** Submits the credentials at most once; may be called once a session. */
  signIn: (credentials: Credentials, hooks: SignInHooks) => Promise<SignInResult>;
  /** One search and read; never retries by itself. */
  read: (number: string) => Promise<PolicyReading>;
  /**
   * The whole book, screen by screen; only where the carrier `listsBook`. Ends after a trouble. The
   * caller may stop early.
   */
  readBook?: () => AsyncIterable<BookReading>;
  /** Uses the session, so that an idle one is not ended; only where the carrier has `keepAliveMinutes`. */
  keepAlive?: () => Promise<PortalResult<'alive' | 'ended'>>;
  /** A masked picture of the page as it is now, for what is held for a person; its file name. */
  picture?: () => Promise<string | undefined>;
  /** The state to keep for the next session. */
  keep: () => Promise<Secret>;
}

export interface SignInHooks {
  /** Recorded before the password is submitted; when it throws, nothing is submitted. */
  beforeSubmit: () => Promise<void>;
  /**
   * Resolves with the person's code, or undefined when none came in time. With `send-again` the
   * portal is asked for another code, and this is called anew; so it is for a text that cannot be a code.
   * `another-way` goes back to the choice of channels, where there is one.
   */
  code: (hint: string | undefined) => Promise<Secret | 'send-again' | 'another-way' | undefined>;
  /** Which of these ways the code should go: an id; undefined when nobody said in time. Absent: the first. */
  channel?: (offered: readonly CodeChannel[]) => Promise<string | undefined>;
  /**
   * A code of the stored authenticator seed, never the same one twice; undefined when there is no
   * seed. Asked before `channel` and `code`.
   */
  timeCode?: () => Promise<Secret | undefined>;
}

export type SignInResult =
  | {
      kind: 'signed-in';
      /** Until when the portal asks this device for no code, epoch ms. */
      trustedUntil?: number;
      /** ISO date on which the carrier says the password ends. */
      passwordEnds?: string;
    }
  | PortalFailure;

/** One screen of the listing, or why there are no more. */
export type BookReading =
  | {
      kind: 'page';
      entries: readonly PolicySnapshot[];
      unreadable: readonly { row: number; why: string }[];
      /** How many policies the portal says the book has. */
      total?: number;
    }
  | PortalFailure;

/** Something other than what was wanted; `detail` is for people, and holds nothing personal. */
export interface PortalFailure {
  kind: 'failure';
  reason: FailureReason;
  detail?: string;
  /** File name of the masked picture taken of the page. */
  picture?: string;
  /** File name of the masked trace of the step. */
  trace?: string;
}

export type PortalResult<T extends string> = { kind: T } | PortalFailure;

export type FailureReason = Extract<
  Reason,
  | 'bad-credentials'
  | 'password-expired'
  | 'session-ended'
  | 'code-rejected'
  | 'code-timed-out'
  | 'code-asked'
  | 'lockout-risk'
  | 'locked'
  | 'action-needed'
  | 'session-conflict'
  | 'carrier-down'
  | 'blocked'
  | 'portal-changed'
>;

export type PolicyReading =
  | { kind: 'found'; snapshot: PolicySnapshot }
  | { kind: 'absent'; closeNumbers: readonly string[] }
  | PortalFailure;

export interface PolicySnapshot {
  number: string;
  /** Raw status text of the carrier. */
  status: string;
  productName?: string;
  /** Without `asOf` where the portal shows no date. */
  values: readonly { name: string; amount: Money; asOf?: string | undefined }[];
  missing: readonly string[];
}
