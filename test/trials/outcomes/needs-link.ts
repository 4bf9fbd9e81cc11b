import {
  harbor,
  meridian,
  northbridge,
  shown,
  variable,
  WEDNESDAY,
  type At,
  type Labelled,
} from './labelled.ts';

const NB = '00801-2201';
const MA = 'MA-801220-A';
const atNorthbridge = shown(NB, [['Account Value', '1.00', '2026-11-17']]);
const atMeridian = shown(MA, [['Account Value', '1.00', '2026-11-17']], 'Active');
const HT = 'HT-4471-208';
const atHarbor = shown(HT, [['Account Value', '1.00', '2026-11-17']], 'Active');
const ht = variable(HT, [], { status: 'Active' });
const nb = variable(NB, []);
const ma = variable(MA, [], { status: 'Active' });

const endsBeforeTheRead = async ({ portal }: At, nth: number): Promise<void> => {
  if (nth === 1) await portal.endSessions();
};

export const NEEDS_LINK: readonly Labelled[] = [
  {
    label: 'Northbridge: the kept password is not the right one any more',
    scene: northbridge(WEDNESDAY, nb, { password: 'wrong' }),
    portal: atNorthbridge,
    expected: {
      status: 'needs-link',
      reason: 'bad-credentials',
      says: 'refused the user ID or password',
    },
  },
  {
    label: 'Northbridge: a person types a wrong password',
    scene: northbridge(WEDNESDAY, nb, { signIn: 'right code', password: 'wrong' }),
    portal: atNorthbridge,
    expected: {
      status: 'needs-link',
      reason: 'bad-credentials',
      says: "It was sent once and won't be sent again",
    },
  },
  {
    label: 'Meridian: a person types a wrong password, and no code is asked for',
    scene: meridian(WEDNESDAY, ma, { password: 'wrong' }),
    portal: atMeridian,
    expected: {
      status: 'needs-link',
      reason: 'bad-credentials',
      says: 'refused the user ID or password',
    },
  },
  {
    label: 'Northbridge: the kept password has expired',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal, user }) => portal.setLogin(user, { passwordExpired: true }),
    expected: { status: 'needs-link', reason: 'password-expired', says: 'has expired' },
  },
  {
    label: 'Meridian: the password a person types has expired',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    arrange: ({ portal, user }) => portal.setLogin(user, { passwordExpired: true }),
    expected: { status: 'needs-link', reason: 'password-expired', says: 'Set a new one on' },
  },
  {
    label: 'Meridian: the carrier ends the session between sign-in and read',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    beforeRead: endsBeforeTheRead,
    expected: { status: 'needs-link', reason: 'session-ended', says: 'ended the link of' },
  },
  {
    label: 'Northbridge: the carrier ends the session, and no password is kept',
    scene: northbridge(WEDNESDAY, nb, { signIn: 'right code' }),
    portal: atNorthbridge,
    beforeRead: endsBeforeTheRead,
    expected: { status: 'needs-link', reason: 'session-ended', says: 'ended the link of' },
  },
  {
    label: 'Meridian: a wrong code',
    scene: meridian(WEDNESDAY, ma, { signIn: 'wrong code' }),
    portal: atMeridian,
    expected: { status: 'needs-link', reason: 'code-rejected', says: 'did not accept the code' },
  },
  {
    label: 'Meridian: a wrong code for a policy that another login sees',
    scene: meridian(WEDNESDAY, variable('MA-808117-C', []), {
      signIn: 'wrong code',
      others: [{ name: 'Agency login', saw: 'it', shared: true }],
    }),
    expected: { status: 'needs-link', reason: 'code-rejected', says: 'with a new code' },
  },
  {
    label: 'Meridian: nobody enters the code',
    scene: meridian(WEDNESDAY, ma, { signIn: 'no code' }),
    portal: atMeridian,
    expected: { status: 'needs-link', reason: 'code-timed-out', says: 'came in time' },
  },
  {
    label: 'Meridian: the code comes too late for the portal',
    scene: meridian(WEDNESDAY, ma, { signIn: 'late code' }),
    portal: atMeridian,
    expected: { status: 'needs-link', reason: 'code-timed-out', says: 'came in time' },
  },
  {
    label: 'Harbor: the portal has forgotten our browser, and asks which way a code should go',
    scene: harbor(WEDNESDAY, ht, { remembered: true }),
    portal: atHarbor,
    expected: {
      status: 'needs-link',
      reason: 'code-asked',
      says: 'asks for a code before it lets',
    },
  },
  {
    label: 'Harbor: a forgotten browser, and a single way for the code',
    scene: harbor(WEDNESDAY, ht, { remembered: true }),
    portal: atHarbor,
    arrange: ({ portal, user }) => portal.setLogin(user, { ways: ['text'] }),
    expected: { status: 'needs-link', reason: 'code-asked', says: 'and enter the code' },
  },
  {
    label: 'Northbridge: the connection ended on a kept password, and it is time to try again',
    scene: northbridge(WEDNESDAY, nb, { sessions: [0, 2] }),
    portal: atNorthbridge,
    arrange: ({ portal, user }) => portal.setLogin(user, { dropped: true }),
    expected: {
      status: 'needs-link',
      reason: 'lockout-risk',
      says: 'got no clear answer, and another try could lock it',
    },
  },
  {
    label: 'Northbridge: a kept password was never answered, and the portal is well again',
    scene: northbridge(WEDNESDAY, nb, { sessions: [0, 2] }),
    portal: atNorthbridge,
    arrange: ({ portal, user }) => portal.setLogin(user, { slowMs: 60_000 }),
    expected: {
      status: 'needs-link',
      reason: 'lockout-risk',
      says: 'another try could lock it, so we wait for you',
    },
  },
  {
    label: 'Northbridge: the carrier has locked the login',
    scene: northbridge(WEDNESDAY, nb),
    portal: atNorthbridge,
    arrange: ({ portal, user }) => portal.lock(user),
    expected: { status: 'needs-link', reason: 'locked', says: 'has locked' },
  },
  {
    label: 'Meridian: locked when a person signs in',
    scene: meridian(WEDNESDAY, ma),
    portal: atMeridian,
    arrange: ({ portal, user }) => portal.lock(user),
    expected: { status: 'needs-link', reason: 'locked', says: 'Unlock it on' },
  },
];
