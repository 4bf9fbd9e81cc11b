/** What a portal does with one policy from now on; unnamed properties stay as they were. */
export interface PolicyChange {
  /** By name; what is not given of a value stays. A new name is added. */
  values?: { name: string; amount?: string; asOf?: string }[];
  /** As-of date of every value: yyyy-mm-dd, "0" the last business day, "-1" the one before. */
  asOf?: string;
  status?: string;
  /** Names of values that show their label and no amount. */
  missing?: string[];
  /** No search finds it and no page shows it. */
  gone?: boolean;
  /** The next searches that find nothing; then it is found again (a passing fault). */
  absentTimes?: number;
  /** How long the page takes, ms. */
  slowMs?: number;
  /** HTTP status its page answers with. 0 ends it. */
  error?: number;
  /** Its page is laid out in a way nobody has seen. */
  changedPage?: boolean;
  /** Its page never comes. */
  hangs?: boolean;
  /** Where policies are listed, amounts of its row are no amounts. */
  badRow?: boolean;
}

/** How a code reaches a person: sent, spoken, or shown by an authenticator. */
export type CodeWay = 'text' | 'voice' | 'email' | 'app';

export interface LoginChange {
  password?: string;
  passwordExpired?: boolean;
  /** The portal asks to accept new terms after sign-in. */
  terms?: boolean;
  /** How long the answer to a password takes, ms; it is counted at once. */
  slowMs?: number;
  /** A password is counted, and then the connection ends without an answer. */
  dropped?: boolean;
  /** The answer to a password never comes. */
  hangs?: boolean;
  locked?: boolean;
  /** No password is right; bad ones do not lock it. */
  refused?: boolean;
  /** Somebody is signed in with it already. */
  inUse?: boolean;
  /** What it meets instead of the first page after a right password. */
  meets?: 'maintenance' | 'robot-check' | 'redirects';
  /** How its session ends as soon as policies were looked for. */
  ends?: 'time' | 'elsewhere';
  /** The code it is always sent; also what its authenticator shows, while it has no seed. */
  sentCode?: string;
  /** Where it may have its codes sent, or read; all four unless said. */
  ways?: readonly CodeWay[];
  /** Base32 seed of its authenticator. */
  seed?: string;
  /** News are shown before its first page, until somebody has gone on from them. */
  news?: boolean;
  /** The portal warns that its password ends on this day, yyyy-mm-dd. */
  passwordEnds?: string;
  /** What it is told of every code. */
  code?: 'wrong' | 'expired';
}

/** One submission, of a password or of a code. */
export interface SignInEntry {
  user: string;
  /** Epoch ms. */
  at: number;
  step: 'password' | 'code';
  result:
    | 'accepted'
    | 'bad-password'
    | 'locked'
    | 'password-expired'
    | 'terms'
    | 'in-use'
    | 'code-rejected'
    | 'code-timed-out';
}

/**
 * How tests and the tour look into a portal and steer it; the same in its own process and over
 * HTTP from another. Numbers compare without case, spaces and dashes. Unknown numbers and users throw.
 */
export interface PortalHandle {
  url: string;
  set: (number: string, change: PolicyChange) => Promise<void>;
  /** Back to the given data: changes, gates, locks, devices and weather; sessions and ledger stay. */
  reset: () => Promise<void>;
  setLogin: (user: string, change: LoginChange) => Promise<void>;
  lock: (user: string) => Promise<void>;
  unlock: (user: string) => Promise<void>;
  /** Every submission so far, oldest first. */
  ledger: (user?: string) => Promise<SignInEntry[]>;
  /** Sessions alive now. */
  sessions: (user?: string) => Promise<{ user: string; startedAt: number }[]>;
  endSessions: (user?: string) => Promise<void>;
  /** How often a number was searched, its page opened, and a list or a report made that shows it. */
  reads: (number: string) => Promise<{ searches: number; reads: number; listed: number }>;
  /** The newest code sent to this user, or shown by the authenticator, while it waits to be entered. */
  lastCode: (user: string, way?: CodeWay) => Promise<string | undefined>;
  maintenance: (on: boolean) => Promise<void>;
  robotCheck: (on: boolean) => Promise<void>;
  /** What a second sign-in of the same login does; `ends-older` at the start. */
  secondSession: (mode: 'ends-older' | 'refuses-newer' | 'allowed') => Promise<void>;
  /** Calls something otherwise from now on, wherever its pages and files do; until `reset`. */
  rename: (was: string, now: string) => Promise<void>;
  /** Holds reads of this number, or the answer to this user's password, until `release`. */
  pause: (numberOrUser: string) => Promise<void>;
  release: (numberOrUser: string) => Promise<void>;
  /** Numbers whose reads are held right now, and users (as written in a key: "ARUIZ"). */
  held: () => Promise<string[]>;
}
