import {
  fixed,
  meridian,
  northbridge,
  shown,
  variable,
  WEDNESDAY,
  whole,
  type At,
  type Labelled,
} from './labelled.ts';

const NB = '00901-3317';
const MA = 'MA-901331-A';
const atNorthbridge = shown(NB, [['Account Value', '1.00', '2026-11-17']]);
const atMeridian = shown(MA, [['Account Value', '1.00', '2026-11-17']], 'Active');
const nb = variable(NB, []);
const ma = variable(MA, [], { status: 'Active' });

const somebodyElse = async ({ signInElsewhere }: At, nth: number): Promise<void> => {
  if (nth === 1) await signInElsewhere();
};

export const FAILED: readonly Labelled[] = [
  {
    label: 'Northbridge: new terms are to be accepted at the sign-in',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal, user }) => portal.setLogin(user, { terms: true }),
    expected: { status: 'failed', reason: 'action-needed', says: 'such as to accept new terms' },
  },
  {
    label: 'Northbridge: the session ends, and the next sign-in finds new terms',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    beforeRead: async ({ portal, user }) => {
      await portal.endSessions();
      await portal.setLogin(user, { terms: true });
    },
    expected: { status: 'failed', reason: 'action-needed', says: 'such as to accept new terms' },
  },
  {
    label: 'Northbridge: the person signs in elsewhere, which ends ours',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    beforeRead: somebodyElse,
    expected: { status: 'failed', reason: 'session-conflict', says: 'Someone is signed in' },
  },
  {
    label: 'Meridian: the person signs in elsewhere, which ends ours',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    beforeRead: somebodyElse,
    expected: { status: 'failed', reason: 'session-conflict', says: 'Someone is signed in' },
  },
  {
    label: 'Northbridge: the portal lets nobody in beside the person who is there',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: async ({ portal, signInElsewhere }) => {
      await signInElsewhere();
      await portal.secondSession('refuses-newer');
    },
    expected: { status: 'failed', reason: 'session-conflict', says: 'Someone is signed in' },
  },
  {
    label: 'Northbridge: the person has stayed in the portal for an hour',
    scene: northbridge(WEDNESDAY, nb, { tries: 4 }),
    portal: atNorthbridge,
    arrange: async ({ portal, signInElsewhere }) => {
      await signInElsewhere();
      await portal.secondSession('refuses-newer');
    },
    expected: { status: 'failed', reason: 'session-conflict', says: 'Someone stayed signed in' },
  },
  {
    label: 'Northbridge: maintenance at the sign-in',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.maintenance(true),
    expected: { status: 'failed', reason: 'carrier-down', says: 'is not answering properly' },
  },
  {
    label: 'Meridian: maintenance begins before the read',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    beforeRead: ({ portal }) => portal.maintenance(true),
    expected: { status: 'failed', reason: 'carrier-down', says: 'is not answering properly' },
  },
  {
    label: 'Northbridge: the policy’s page is an error, for the third time',
    scene: northbridge(WEDNESDAY, nb, { tries: 2 }),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.set(NB, { error: 500 }),
    expected: { status: 'failed', reason: 'carrier-down', says: 'is not answering properly' },
  },
  {
    label: 'Meridian: the contract’s answer is an error, and no try is left',
    scene: meridian(WEDNESDAY, ma, { tries: 3 }),
    portal: atMeridian,
    arrange: ({ portal }) => portal.set(MA, { error: 502 }),
    expected: {
      status: 'failed',
      reason: 'carrier-down',
      says: 'Nothing is wrong with the policy or the login',
    },
  },
  {
    label: 'Northbridge: the page does not come in time',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.set(NB, { slowMs: 60_000 }),
    expected: { status: 'failed', reason: 'carrier-down', says: 'is not answering properly' },
  },
  {
    label: 'Northbridge: a robot check instead of the sign-in',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.robotCheck(true),
    expected: { status: 'failed', reason: 'blocked', says: 'are paused for now' },
  },
  {
    label: 'Meridian: a robot check instead of the contract',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    beforeRead: ({ portal }) => portal.robotCheck(true),
    expected: { status: 'failed', reason: 'blocked', says: 'are paused for now' },
  },
  {
    label: 'Northbridge: the portal says to come less often',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.set(NB, { error: 429 }),
    expected: { status: 'failed', reason: 'blocked', says: 'are paused for now' },
  },
  {
    label: 'Northbridge: the page has a layout that nobody has seen',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.set(NB, { changedPage: true }),
    expected: {
      status: 'failed',
      reason: 'portal-changed',
      says: 'We are the ones to fix that',
    },
  },
  {
    label: 'Meridian: the answer is of another version',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    arrange: ({ portal }) => portal.set(MA, { changedPage: true }),
    expected: {
      status: 'failed',
      reason: 'portal-changed',
      says: 'We are the ones to fix that',
    },
  },
  {
    label: 'Northbridge: an active policy without a single value, which no page of theirs was like',
    scene: northbridge(WEDNESDAY, variable('00931-0007', [])),
    portal: shown('00931-0007', []),
    expected: {
      status: 'failed',
      reason: 'portal-changed',
      says: "we take no values from a page we can't read",
    },
  },
  {
    label: 'Northbridge: an annuity shows a hundredth of what it was the day before',
    scene: northbridge(
      WEDNESDAY,
      variable('00931-4410', [['Account Value', '412806.44', '2026-11-16']]),
    ),
    portal: shown('00931-4410', [['Account Value', '4128.06', '2026-11-17']]),
    expected: { status: 'failed', reason: 'implausible', says: 'look wrong, so yours are kept' },
  },
  {
    label: 'Northbridge: the values are of a day in the next century',
    scene: northbridge(WEDNESDAY, fixed('00931-5512', [])),
    portal: shown('00931-5512', [['Account Value', '50000.00', '2126-11-17']]),
    expected: { status: 'failed', reason: 'implausible', says: 'so yours are kept' },
  },
  {
    label: 'Meridian: nothing is left of an active contract',
    scene: meridian(
      WEDNESDAY,
      fixed('MA-931440-C', [['Account Value', '96500.00', '2026-11-16']], { status: 'Active' }),
    ),
    portal: shown('MA-931440-C', [['Account Value', '0.00', '2026-11-17']], 'Active'),
    expected: {
      status: 'failed',
      reason: 'implausible',
      says: 'say whether they are right',
    },
  },
  {
    label: 'Meridian: a whole life policy is worth less than nothing',
    scene: meridian(
      WEDNESDAY,
      whole('MA-931441-C', [['Cash Value', '18250.00', '2026-10-01']], { status: 'Active' }),
    ),
    portal: shown('MA-931441-C', [['Cash Value', '-18250.00', '2026-11-01']], 'Active'),
    expected: { status: 'failed', reason: 'implausible', says: 'so yours are kept' },
  },
];
