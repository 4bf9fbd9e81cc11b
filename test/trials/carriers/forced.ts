import { SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';

/**
 * What is to come of every sandbox user, written by hand. `expected` holds at every portal that has
 * the way, unless `at` says what another kind of portal makes of the same.
 */
export interface Forced {
  outcome: string;
  way: 'sign in' | 'single read' | 'JSON' | 'book pass';
  user: string;
  number?: string;
  expected: string;
  at?: Readonly<Record<string, string>>;
  /** Only where a sign-in asks for a code. */
  code?: 'sent' | 'none in time';
  /** The limits of a step are waited out, so they are short here. */
  waitsOut?: true;
}

const NUMBERS = SANDBOX_NUMBERS;
const DAY = 'as of 2026-11-20';
const REST = `Surrender Value -120.00, Death Benefit 250000.00, ${DAY}`;
const FINE = `In Force, Account Value 41250.75, ${REST}`;
const CLOSED = `Surrendered, Account Value 0.00, ${DAY}`;
const PARTIAL = `In Force, Account Value 43873.49, Death Benefit 250000.00, ${DAY}, no Surrender Value`;
const SLOW = `In Force, Account Value 95016.92, Surrender Value 95016.92, Death Benefit 250000.00, ${DAY}`;
const BAD_ROW = `In Force, Account Value 98951.03, Surrender Value 98951.03, Death Benefit 250000.00, ${DAY}`;

const ONCE = 'password submitted once';

const SIGN_INS: readonly Omit<Forced, 'way'>[] = [
  { outcome: 'signed in', user: 'sandbox', expected: `signed in, ${ONCE}` },
  { outcome: 'slow', user: 'sandbox-slow-sign-in', expected: `signed in, ${ONCE}` },
  {
    outcome: 'wrong password',
    user: 'sandbox-wrong-password',
    expected: `bad-credentials, ${ONCE}`,
  },
  { outcome: 'locked', user: 'sandbox-locked', expected: `locked, ${ONCE}` },
  {
    outcome: 'password expired',
    user: 'sandbox-password-expired',
    expected: `password-expired, ${ONCE}`,
  },
  { outcome: 'terms to accept', user: 'sandbox-terms', expected: `action-needed, ${ONCE}` },
  { outcome: 'maintenance', user: 'sandbox-maintenance', expected: `carrier-down, ${ONCE}` },
  { outcome: 'robot check', user: 'sandbox-robot-check', expected: `blocked, ${ONCE}` },
  {
    outcome: 'second session',
    user: 'sandbox-second-session',
    expected: `session-conflict, ${ONCE}`,
  },
  {
    outcome: 'endless redirect',
    user: 'sandbox-endless-redirect',
    expected: `carrier-down, ${ONCE}`,
  },
  { outcome: 'dropped connection', user: 'sandbox-dropped', expected: `carrier-down, ${ONCE}` },
  {
    outcome: 'hanging',
    user: 'sandbox-hanging-sign-in',
    expected: `carrier-down, ${ONCE}`,
    waitsOut: true,
  },
  {
    outcome: 'wrong code',
    user: 'sandbox-wrong-code',
    expected: `code-rejected, ${ONCE}`,
    code: 'sent',
  },
  {
    outcome: 'code too late',
    user: 'sandbox-late-code',
    expected: `code-timed-out, ${ONCE}`,
    code: 'sent',
  },
  {
    outcome: 'no code',
    user: 'sandbox',
    expected: `code-timed-out, ${ONCE}`,
    code: 'none in time',
  },
];

/** Of a policy, whichever way it is read. */
const READS: readonly Omit<Forced, 'way'>[] = [
  { outcome: 'found', user: 'sandbox', number: NUMBERS.fine, expected: FINE },
  { outcome: 'closed', user: 'sandbox', number: NUMBERS.closed, expected: CLOSED },
  { outcome: 'missing amount', user: 'sandbox', number: NUMBERS.partial, expected: PARTIAL },
  {
    outcome: 'absent',
    user: 'sandbox',
    number: NUMBERS.absent,
    expected: `absent, ${NUMBERS.fine} is close`,
  },
  {
    outcome: 'empty book',
    user: 'sandbox-empty-book',
    number: NUMBERS.fine,
    expected: 'absent',
  },
  { outcome: 'slow', user: 'sandbox-slow', number: NUMBERS.slow, expected: SLOW },
  {
    outcome: 'one bad row',
    user: 'sandbox-bad-row',
    number: NUMBERS.badRow,
    expected: BAD_ROW,
    // The row is all that there is of it.
    at: { 'prairie-states': 'portal-changed' },
  },
  {
    outcome: 'beside a bad row',
    user: 'sandbox-bad-row',
    number: NUMBERS.fine,
    expected: FINE,
  },
  {
    outcome: 'session ended',
    user: 'sandbox-session-ended',
    number: NUMBERS.fine,
    expected: 'session-ended',
  },
  {
    outcome: 'signed in elsewhere',
    user: 'sandbox-signed-in-elsewhere',
    number: NUMBERS.fine,
    expected: 'session-conflict',
  },
  {
    outcome: 'error page',
    user: 'sandbox-error-page',
    number: NUMBERS.errorPage,
    expected: 'carrier-down',
  },
  {
    outcome: 'changed page',
    user: 'sandbox-changed-page',
    number: NUMBERS.changedPage,
    expected: 'portal-changed',
    waitsOut: true,
  },
  {
    outcome: 'hanging',
    user: 'sandbox-hanging',
    number: NUMBERS.hanging,
    expected: 'carrier-down',
    waitsOut: true,
  },
];

const BOOKS: readonly Omit<Forced, 'way'>[] = [
  { outcome: 'whole book', user: 'sandbox', expected: `40 of 40 policies, the first ${FINE}` },
  { outcome: 'empty book', user: 'sandbox-empty-book', expected: '0 of 0 policies' },
  {
    outcome: 'one bad row',
    user: 'sandbox-bad-row',
    expected: `2 of 3 policies, 1 row not read, the first ${FINE}`,
  },
  {
    outcome: 'breaks off',
    user: 'sandbox-breaks-off',
    expected: `25 of 41 policies, the first ${FINE}, then carrier-down`,
    // One file: all of it or nothing.
    at: { 'prairie-states': 'carrier-down', 'summit-fidelity': 'carrier-down' },
  },
  {
    outcome: 'session ended',
    user: 'sandbox-session-ended',
    expected: `25 of 40 policies, the first ${FINE}, then session-ended`,
    // Opening the list, or ordering the report, was the first look.
    at: {
      'northbridge-life': 'session-ended',
      'prairie-states': 'session-ended',
      'harbor-trust': 'session-ended',
      // The one file was made by then.
      'summit-fidelity': `40 of 40 policies, the first ${FINE}`,
    },
  },
  {
    outcome: 'changed page',
    user: 'sandbox-changed-page',
    expected: 'portal-changed',
    waitsOut: true,
  },
  { outcome: 'hanging', user: 'sandbox-hanging', expected: 'carrier-down', waitsOut: true },
];

export const FORCED: readonly Forced[] = [
  ...SIGN_INS.map((forced) => ({ ...forced, way: 'sign in' as const })),
  ...READS.map((forced) => ({ ...forced, way: 'single read' as const })),
  ...READS.map((forced) => ({ ...forced, way: 'JSON' as const })),
  ...BOOKS.map((forced) => ({ ...forced, way: 'book pass' as const })),
];

/** Of each way that a code may go, at portals that let one choose. */
export const CODE_BY_CHANNEL = `signed in, ${ONCE}`;
