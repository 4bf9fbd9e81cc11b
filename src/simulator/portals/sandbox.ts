import type { PortalLogin, PortalPolicy } from './data.ts';
import type { LoginChange, PolicyChange } from './handle.ts';

/**
 * Sandbox users: every local portal has them beside its own customers, and each forces one outcome,
 * by itself and again and again. They share a password, and the code where one is asked for.
 */
export const SANDBOX = { password: 'sandbox', code: '246810' };

/** The fewest and the most that screens of a listing must cope with: it is on several of them. */
const BOOK_SIZE = 40;

/** Policies of sandbox users, as every portal shows them. */
export const SANDBOX_NUMBERS = {
  /** $41,250.75, a debt of $120.00, and $250,000, all of the last business day. */
  fine: 'SB-1001',
  /** Surrendered, and worth nothing. */
  closed: 'SB-1002',
  /** Beside one value no amount is shown. */
  partial: 'SB-1003',
  /** No portal has it; SB-1001 looks like it. */
  absent: 'SB-1O01',
  changedPage: 'SB-3001',
  slow: 'SB-3002',
  hanging: 'SB-3003',
  errorPage: 'SB-3004',
  /** Between two others; its listing row cannot be read, its own page can. */
  badRow: 'SB-3005',
  /** The last of a book: its screen of the listing does not come. */
  breaksOff: 'SB-3006',
} as const;

const NUMBERS = SANDBOX_NUMBERS;

const book = Array.from({ length: BOOK_SIZE }, (_, index) => `SB-${1001 + index}`);

/** What a login does from the start, and the policies it sees. */
interface SandboxUser {
  does?: LoginChange;
  policies?: readonly string[];
}

/** By user name. Where no policies are named, it sees the whole sandbox book. */
const USERS: Record<string, SandboxUser> = {
  sandbox: {},
  'sandbox-wrong-password': { does: { refused: true } },
  'sandbox-locked': { does: { locked: true } },
  'sandbox-password-expired': { does: { passwordExpired: true } },
  'sandbox-terms': { does: { terms: true } },
  'sandbox-maintenance': { does: { meets: 'maintenance' } },
  'sandbox-robot-check': { does: { meets: 'robot-check' } },
  'sandbox-endless-redirect': { does: { meets: 'redirects' } },
  'sandbox-second-session': { does: { inUse: true } },
  'sandbox-signed-in-elsewhere': { does: { ends: 'elsewhere' } },
  'sandbox-session-ended': { does: { ends: 'time' } },
  'sandbox-dropped': { does: { dropped: true } },
  'sandbox-slow-sign-in': { does: { slowMs: 1500 } },
  'sandbox-hanging-sign-in': { does: { hangs: true } },
  'sandbox-wrong-code': { does: { code: 'wrong' } },
  'sandbox-late-code': { does: { code: 'expired' } },
  'sandbox-changed-page': { policies: [NUMBERS.changedPage] },
  'sandbox-slow': { policies: [NUMBERS.slow] },
  'sandbox-hanging': { policies: [NUMBERS.hanging] },
  'sandbox-error-page': { policies: [NUMBERS.errorPage] },
  'sandbox-empty-book': { policies: [] },
  'sandbox-bad-row': { policies: [NUMBERS.fine, NUMBERS.badRow, NUMBERS.closed] },
  'sandbox-breaks-off': { policies: [...book, NUMBERS.breaksOff] },
};

export const SANDBOX_USERS = Object.keys(USERS);

const CHANGES: Record<string, PolicyChange> = {
  [NUMBERS.partial]: { missing: ['Surrender Value'] },
  [NUMBERS.changedPage]: { changedPage: true },
  [NUMBERS.slow]: { slowMs: 1500 },
  [NUMBERS.hanging]: { hangs: true },
  [NUMBERS.errorPage]: { error: 500 },
  [NUMBERS.badRow]: { badRow: true },
  [NUMBERS.breaksOff]: { error: 500 },
};

const policyOf = (carrier: string, number: string, index: number): PortalPolicy => {
  const closed = number === NUMBERS.closed;
  const account = (41_250.75 + index * 1311.37).toFixed(2);
  const value = (name: string, amount: string) => ({ name, amount, asOf: '0' });
  return {
    carrier,
    number,
    product: 'Sandbox Variable Annuity',
    status: closed ? 'Surrendered' : 'In Force',
    owner: 'Sandbox Owner',
    values: closed
      ? [value('Account Value', '0')]
      : [
          value('Account Value', account),
          value('Surrender Value', index === 0 ? '-120.00' : account),
          value('Death Benefit', '250000'),
        ],
    ...(CHANGES[number] && { begins: CHANGES[number] }),
  };
};

/** The sandbox users of one carrier's portal, and their policies. */
export const sandboxOf = (carrier: string): { logins: PortalLogin[]; policies: PortalPolicy[] } => {
  const logins = Object.entries(USERS).map(([user, { does = {}, policies = book }]) => ({
    carrier,
    user,
    password: SANDBOX.password,
    linked: false,
    policies: [...policies],
    begins: { sentCode: SANDBOX.code, ...does },
  }));
  const numbers = new Set(logins.flatMap((login) => login.policies));
  return {
    logins,
    policies: [...numbers].map((number, index) => policyOf(carrier, number, index)),
  };
};
