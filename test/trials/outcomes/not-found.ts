import {
  fixed,
  meridian,
  northbridge,
  shown,
  variable,
  WEDNESDAY,
  whole,
  type Labelled,
} from './labelled.ts';

const LAST_WEEK = '2026-11-11T16:00:00Z';

export const NOT_FOUND: readonly Labelled[] = [
  {
    label: 'Northbridge: two digits changed about',
    scene: northbridge(WEDNESDAY, variable('00451-8830', [])),
    portal: shown('00451-8380', [['Account Value', '1.00', '2026-11-17']]),
    expected: {
      status: 'not-found',
      reason: 'number-mismatch',
      says: 'Did you mean *00451-8380*?',
    },
  },
  {
    label: 'Northbridge: a leading zero was lost',
    scene: northbridge(WEDNESDAY, whole('4471-0926', [])),
    portal: shown('04471-0926', [['Cash Value', '1.00', '2026-11-02']]),
    expected: {
      status: 'not-found',
      reason: 'number-mismatch',
      says: 'Did you mean *04471-0926*?',
    },
  },
  {
    label: 'Meridian: a letter O for a zero',
    scene: meridian(WEDNESDAY, variable('MA-7O0118-B', [])),
    portal: shown('MA-700118-B', [['Account Value', '1.00', '2026-11-17']], 'Active'),
    expected: {
      status: 'not-found',
      reason: 'number-mismatch',
      says: 'Did you mean *MA-700118-B*?',
    },
  },
  {
    label: 'Northbridge: the portal offers nothing, but this login reads one of nearly this number',
    scene: northbridge(WEDNESDAY, variable('00615-2280', []), {
      beside: [{ number: '00615-2208', seen: true }],
    }),
    expected: {
      status: 'not-found',
      reason: 'number-mismatch',
      says: '*00615-2208* is close, but belongs to another policy',
    },
  },
  {
    label: 'Northbridge: the contact has one of nearly this number, which nobody has found either',
    scene: northbridge(WEDNESDAY, variable('00615-2280', []), {
      beside: [{ number: '00615-2281' }],
    }),
    expected: {
      status: 'not-found',
      reason: 'never-seen',
      says: 'Two searches did not find it in this login',
    },
  },
  {
    label: 'Northbridge: another login read it yesterday',
    scene: northbridge(WEDNESDAY, variable('00630-5518', []), {
      others: [{ name: 'Agency login', saw: 'it', shared: true }],
    }),
    expected: { status: 'not-found', reason: 'other-login', says: 'try *Agency login*' },
  },
  {
    label: 'Meridian: another login, not this person’s, was never asked for it',
    scene: meridian(WEDNESDAY, variable('MA-710009-A', []), {
      others: [{ name: 'Omar’s login', saw: 'never asked' }],
    }),
    expected: {
      status: 'not-found',
      reason: 'other-login',
      says: 'Another Meridian Annuity login might. Ask a manager which one',
    },
  },
  {
    label: 'Northbridge: this login saw it last week, another one yesterday',
    scene: northbridge(WEDNESDAY, variable('00640-7731', [], { lastSeen: LAST_WEEK }), {
      others: [{ name: 'Agency login', saw: 'it', shared: true }],
    }),
    expected: { status: 'not-found', reason: 'other-login', says: 'try *Agency login*' },
  },
  {
    label: 'Northbridge: this login saw it last week, and it is gone',
    scene: northbridge(WEDNESDAY, variable('00118-2276', [], { lastSeen: LAST_WEEK })),
    portal: shown('00118-2276', [['Account Value', '1.00', '2026-11-10']]),
    arrange: ({ portal }) => portal.set('00118-2276', { gone: true }),
    expected: {
      status: 'not-found',
      reason: 'gone',
      says: 'two searches no longer find it',
    },
  },
  {
    label: 'Meridian: gone since last week, with a close number in the same book',
    scene: meridian(WEDNESDAY, fixed('MA-720118-B', [], { lastSeen: LAST_WEEK })),
    portal: shown('MA-720181-B', [['Account Value', '1.00', '2026-11-10']], 'Active'),
    expected: { status: 'not-found', reason: 'gone', says: 'its Agent of Record at' },
  },
  {
    label: 'Northbridge: gone, and the other login looked for it in vain',
    scene: northbridge(WEDNESDAY, variable('00650-1123', [], { lastSeen: LAST_WEEK }), {
      others: [{ name: 'Agency login', saw: 'nothing', shared: true }],
    }),
    expected: { status: 'not-found', reason: 'gone', says: 'two searches no longer find it' },
  },
  {
    label: 'Northbridge: no login of the firm sees it',
    scene: northbridge(WEDNESDAY, variable('00774-1099', [])),
    expected: {
      status: 'not-found',
      reason: 'never-seen',
      says: 'Two searches did not find it in this login',
    },
  },
  {
    label: 'Meridian: the only other login looked for it in vain',
    scene: meridian(WEDNESDAY, variable('MA-774410-A', []), {
      others: [{ name: 'Omar’s login', saw: 'nothing' }],
    }),
    expected: {
      status: 'not-found',
      reason: 'never-seen',
      says: 'Two searches did not find it in this login',
    },
  },
];
