import { meridian, northbridge, shown, variable, WEDNESDAY, type Labelled } from './labelled.ts';

const NB = '00071-4402';
const MA = 'MA-071440-A';
const FIRST = '00071-9981';
const MA_FIRST = 'MA-071998-B';
const values = [['Account Value', '1.00', '2026-11-17']] as const;
const atNorthbridge = [...shown(NB, values), ...shown(FIRST, values)];
const atMeridian = [...shown(MA, values, 'Active'), ...shown(MA_FIRST, values, 'Active')];
const nb = variable(NB, []);
const ma = variable(MA, [], { status: 'Active' });

/** Asked for before: five pages in a new layout are too many for one carrier. */
const REDRAWN = ['00071-9001', '00071-9002', '00071-9003', '00071-9004', '00071-9005'];

const PAUSED: readonly Labelled[] = [
  {
    label: 'Northbridge: five other policies had a layout that nobody has seen',
    scene: northbridge(WEDNESDAY, nb, {
      beside: REDRAWN.map((number) => ({ number, ahead: true })),
    }),
    portal: [...atNorthbridge, ...REDRAWN.flatMap((number) => shown(number, values))],
    arrange: async ({ portal }) => {
      for (const number of REDRAWN) await portal.set(number, { changedPage: true });
    },
    expected: {
      status: 'queued',
      reason: 'carrier-paused',
      says: "its pages changed, and we can't read them yet",
    },
  },
  {
    label: 'Northbridge: the portal said at another policy to come less often',
    scene: northbridge(WEDNESDAY, nb, { beside: [{ number: FIRST, ahead: true }] }),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.set(FIRST, { error: 429 }),
    expected: {
      status: 'queued',
      reason: 'carrier-paused',
      says: 'it does not let us in for now',
    },
  },
  {
    label: 'Meridian: the portal said at another contract to come less often',
    scene: meridian(WEDNESDAY, ma, { beside: [{ number: MA_FIRST, ahead: true }] }),
    portal: atMeridian,
    arrange: ({ portal }) => portal.set(MA_FIRST, { error: 429 }),
    expected: {
      status: 'queued',
      reason: 'carrier-paused',
      says: 'Your sync runs by itself once it resumes',
    },
  },
];

const QUEUED: readonly Labelled[] = [
  {
    label: 'Northbridge: asked for, and no session has begun',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    expected: { status: 'queued', reason: 'waiting', at: 'asked', says: 'Next in line' },
  },
  {
    label: 'Meridian: linked a moment ago, so it is in line again by itself',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    expected: { status: 'queued', reason: 'waiting', at: 'linked', says: 'Next in line' },
  },
  {
    label: 'Northbridge: another policy of the login is being read',
    scene: northbridge(WEDNESDAY, nb, { beside: [{ number: FIRST, ahead: true }] }),
    portal: atNorthbridge,
    expected: {
      status: 'queued',
      reason: 'source-busy',
      at: 'read 1',
      says: 'another policy is being read',
    },
  },
  {
    label: 'Meridian: another policy of the login is being read',
    scene: meridian(WEDNESDAY, ma, { beside: [{ number: MA_FIRST, ahead: true }] }),
    portal: atMeridian,
    expected: {
      status: 'queued',
      reason: 'source-busy',
      at: 'read 1',
      says: 'another policy is being read',
    },
  },
  {
    label: 'Northbridge: nobody has linked the login',
    scene: northbridge(WEDNESDAY, nb, { signIn: 'none' }),
    portal: atNorthbridge,
    expected: { status: 'queued', reason: 'waiting-for-link', says: 'is unlinked. Link it' },
  },
  {
    label: 'Meridian: the site is in maintenance when a person links',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    arrange: ({ portal }) => portal.maintenance(true),
    expected: { status: 'queued', reason: 'waiting-for-link', says: 'is unlinked. Link it' },
  },
  {
    label: 'Northbridge: a robot check when a person links',
    scene: northbridge(WEDNESDAY, nb, { signIn: 'right code' }),
    portal: atNorthbridge,
    arrange: ({ portal }) => portal.robotCheck(true),
    expected: { status: 'queued', reason: 'waiting-for-link', says: 'is unlinked. Link it' },
  },
  {
    label: 'Northbridge: the person said beforehand that they are in the portal',
    scene: northbridge(WEDNESDAY, nb, { hold: 'before' }),
    portal: atNorthbridge,
    expected: { status: 'queued', reason: 'on-hold', says: 'while someone works in the portal' },
  },
  {
    label: 'Meridian: the person goes into the portal while another policy is read',
    scene: meridian(WEDNESDAY, ma, {
      beside: [{ number: MA_FIRST, ahead: true }],
      hold: 'during the first read',
    }),
    portal: atMeridian,
    expected: { status: 'queued', reason: 'on-hold', says: 'This sync resumes' },
  },
];

const IN_PROGRESS: readonly Labelled[] = [
  {
    label: 'Northbridge: a kept password is being entered',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    expected: {
      status: 'in-progress',
      reason: 'signing-in',
      at: 'sign-in',
      says: 'Signing in at Northbridge Life',
    },
  },
  {
    label: 'Meridian: a person’s sign-in has begun',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    expected: {
      status: 'in-progress',
      reason: 'signing-in',
      at: 'sign-in',
      says: 'Signing in at Meridian Annuity',
    },
  },
  {
    label: 'Meridian: the portal wants its code',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    expected: {
      status: 'in-progress',
      reason: 'code-needed',
      at: 'code',
      says: 'asks for a code for',
    },
  },
  {
    label: 'Meridian: the portal has sent another code',
    scene: meridian(WEDNESDAY, ma, { signIn: 'new code' }),
    portal: atMeridian,
    expected: {
      status: 'in-progress',
      reason: 'code-needed',
      at: 'code',
      says: 'asks for a code for',
    },
  },
  {
    label: 'Northbridge: the policy is being read',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    expected: {
      status: 'in-progress',
      reason: 'reading',
      at: 'read 1',
      says: 'Reading the policy at Northbridge Life',
    },
  },
  {
    label: 'Meridian: the contract is being read',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    expected: {
      status: 'in-progress',
      reason: 'reading',
      at: 'read 1',
      says: 'Reading the policy at Meridian Annuity',
    },
  },
  {
    label: 'Northbridge: the first search found nothing',
    scene: northbridge(WEDNESDAY, variable('00078-1121', [])),
    expected: {
      status: 'in-progress',
      reason: 'searching-again',
      at: 'read 2',
      says: 'Looking once more to be sure',
    },
  },
  {
    label: 'Meridian: an amount was missing on the first look',
    scene: meridian(WEDNESDAY, variable('MA-078112-C', [])),
    portal: shown('MA-078112-C', [['Account Value', '', '2026-11-17']], 'Active'),
    expected: {
      status: 'in-progress',
      reason: 'searching-again',
      at: 'read 2',
      says: 'Looking once more to be sure',
    },
  },
];

const CANCELLED: readonly Labelled[] = [
  {
    label: 'Northbridge: cancelled while it waited for the link',
    scene: northbridge(WEDNESDAY, nb, { signIn: 'none', cancel: true }),
    portal: atNorthbridge,
    expected: { status: 'cancelled', reason: 'cancelled', says: 'Cancelled by' },
  },
  {
    label: 'Meridian: cancelled while the site was down for a person’s link',
    scene: meridian(WEDNESDAY, ma, { cancel: true }),
    portal: atMeridian,
    arrange: ({ portal }) => portal.maintenance(true),
    expected: { status: 'cancelled', reason: 'cancelled', says: 'Cancelled by' },
  },
];

export const ON_THE_WAY: readonly Labelled[] = [...QUEUED, ...PAUSED, ...IN_PROGRESS, ...CANCELLED];
