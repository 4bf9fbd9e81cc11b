import {
  brokerage,
  fixed,
  indexed,
  meridian,
  northbridge,
  SATURDAY,
  shown,
  term,
  THANKSGIVING,
  variable,
  WEDNESDAY,
  whole,
  type Labelled,
} from './labelled.ts';

const CHANGED: readonly Labelled[] = [
  {
    label: 'Northbridge: a variable annuity, two values moved overnight',
    scene: northbridge(
      WEDNESDAY,
      variable('00123-4567', [
        ['Account Value', '409112.90', '2026-11-16'],
        ['Death Benefit', '500000.00', '2026-11-16'],
      ]),
    ),
    portal: shown('00123-4567', [
      ['Account Value', '412806.44', '2026-11-17'],
      ['Death Benefit', '500000.00', '2026-11-17'],
    ]),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
  {
    label: 'Meridian: the first values of a policy that was never read',
    scene: meridian(WEDNESDAY, variable('MA-100234-A', [])),
    portal: shown('MA-100234-A', [['Account Value', '88210.05', '2026-11-17']], 'Active'),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
  {
    label: 'Northbridge: found by the second search after a passing fault of the first',
    scene: northbridge(
      WEDNESDAY,
      brokerage('00230-8841', [['Account Value', '15000.00', '2026-11-16']]),
    ),
    portal: shown('00230-8841', [['Account Value', '15120.00', '2026-11-17']]),
    arrange: ({ portal }) => portal.set('00230-8841', { absentTimes: 1 }),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
  {
    label: 'Meridian: an amount missing at first is there on the second look',
    scene: meridian(
      WEDNESDAY,
      variable('MA-100771-B', [
        ['Account Value', '70000.00', '2026-11-16'],
        ['Surrender Value', '66000.00', '2026-11-16'],
      ]),
    ),
    portal: shown(
      'MA-100771-B',
      [
        ['Account Value', '70110.00', '2026-11-17'],
        ['Surrender Value', '66120.00', '2026-11-17'],
      ],
      'Active',
    ),
    beforeRead: ({ portal }, nth) =>
      portal.set('MA-100771-B', { missing: nth === 1 ? ['Surrender Value'] : [] }),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
  {
    label: 'Northbridge: a negative surrender value after a loan',
    scene: northbridge(
      WEDNESDAY,
      variable('00411-7720', [['Surrender Value', '20.00', '2026-11-16']]),
    ),
    portal: shown('00411-7720', [['Surrender Value', '-120.00', '2026-11-17']]),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
  {
    label: 'Northbridge: a status in no vocabulary is no drift',
    scene: northbridge(
      WEDNESDAY,
      variable('00947-2210', [['Account Value', '51000.00', '2026-11-16']]),
    ),
    portal: shown('00947-2210', [['Account Value', '51200.00', '2026-11-17']], 'Restricted Review'),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
  {
    label: 'Northbridge: one value of the day before beside a newer one that is kept',
    scene: northbridge(
      WEDNESDAY,
      variable('00952-1174', [
        ['Account Value', '30000.00', '2026-11-17'],
        ['Death Benefit', '90000.00', '2026-11-16'],
      ]),
    ),
    portal: shown('00952-1174', [
      ['Account Value', '29900.00', '2026-11-16'],
      ['Death Benefit', '91000.00', '2026-11-17'],
    ]),
    expected: { status: 'success', reason: 'changed', says: 'Values as of Nov 17, 2026 are in' },
  },
];

const UNCHANGED: readonly Labelled[] = [
  {
    label: 'Northbridge: a variable annuity read again on the same day',
    scene: northbridge(
      WEDNESDAY,
      variable('00276-0011', [['Account Value', '412806.44', '2026-11-17']]),
    ),
    portal: shown('00276-0011', [['Account Value', '412806.44', '2026-11-17']]),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'the carrier has published nothing newer yet',
    },
  },
  {
    label: 'Meridian: a variable annuity on a Saturday',
    scene: meridian(
      SATURDAY,
      variable('MA-210044-C', [['Account Value', '90500.10', '2026-11-20']], {
        status: 'Active',
      }),
    ),
    portal: shown('MA-210044-C', [['Account Value', '90500.10', '2026-11-20']], 'Active'),
    expected: { status: 'success', reason: 'unchanged', says: 'markets are closed today' },
  },
  {
    label: 'Northbridge: a brokerage account on Thanksgiving, of the day before',
    scene: northbridge(
      THANKSGIVING,
      brokerage('00310-4478', [['Account Value', '120000.00', '2026-11-25']]),
    ),
    portal: shown('00310-4478', [['Account Value', '120000.00', '2026-11-25']]),
    expected: { status: 'success', reason: 'unchanged', says: 'markets are closed today' },
  },
  {
    label: 'Northbridge: late at night in New York, when it is the next day in Europe',
    scene: northbridge(
      '2026-11-19T03:30:00Z',
      variable('00318-2207', [['Account Value', '77000.00', '2026-11-17']]),
    ),
    portal: shown('00318-2207', [['Account Value', '77000.00', '2026-11-17']]),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'the carrier has published nothing newer yet',
    },
  },
  {
    label: 'Northbridge: a term policy valued half a year ago',
    scene: northbridge(WEDNESDAY, term('00276-1185', [['Face Value', '250000.00', '2026-05-04']])),
    portal: shown('00276-1185', [['Face Value', '250000.00', '2026-05-04']]),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'may keep its values for a year',
    },
  },
  {
    label: 'Meridian: an indexed annuity, 13 months after its anniversary',
    scene: meridian(
      WEDNESDAY,
      indexed('MA-330021-A', [['Account Value', '61000.00', '2025-10-20']]),
    ),
    portal: shown('MA-330021-A', [['Account Value', '61000.00', '2025-10-20']], 'Active'),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'may keep its values for a year',
    },
  },
  {
    label: 'Northbridge: a newer date with the amounts of before',
    scene: northbridge(
      WEDNESDAY,
      brokerage('00346-9902', [['Account Value', '5000.00', '2026-11-16']]),
    ),
    portal: shown('00346-9902', [['Account Value', '5000.00', '2026-11-17']]),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'a newer date with the same amounts',
    },
  },
  {
    label:
      'Northbridge: one business day late, which is when the nightly file comes in the morning',
    scene: northbridge(
      WEDNESDAY,
      variable('00361-5530', [['Account Value', '8000.00', '2026-11-16']]),
    ),
    portal: shown('00361-5530', [['Account Value', '8000.00', '2026-11-16']]),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'the carrier has published nothing newer yet',
    },
  },
  {
    label: 'Northbridge: the Monday after Thanksgiving, values of the Wednesday before',
    scene: northbridge(
      '2026-11-30T16:00:00Z',
      variable('00362-1180', [['Account Value', '8100.00', '2026-11-25']]),
    ),
    portal: shown('00362-1180', [['Account Value', '8100.00', '2026-11-25']]),
    expected: {
      status: 'success',
      reason: 'unchanged',
      says: 'the carrier has published nothing newer yet',
    },
  },
  {
    label: 'Northbridge: applied for, and no values yet',
    scene: northbridge(WEDNESDAY, variable('00371-0004', [], { status: 'Pending' })),
    portal: shown('00371-0004', [], 'Applied For'),
    expected: { status: 'success', reason: 'unchanged', says: 'shows no values for this policy' },
  },
  {
    label: 'Meridian: applied for, and no values yet',
    scene: meridian(WEDNESDAY, variable('MA-371550-A', [], { status: 'Applied For' })),
    portal: shown('MA-371550-A', [], 'Pending'),
    expected: { status: 'success', reason: 'unchanged', says: 'shows no values for this policy' },
  },
];

const STALE: readonly Labelled[] = [
  {
    label: 'Northbridge: a variable annuity valued ten business days ago',
    scene: northbridge(
      WEDNESDAY,
      variable('00312-9085', [['Account Value', '44000.00', '2026-11-03']]),
    ),
    portal: shown('00312-9085', [['Account Value', '44000.00', '2026-11-03']]),
    expected: {
      status: 'success',
      reason: 'stale',
      says: 'as of Nov 3, 2026; by now they should be as of Nov 17, 2026',
    },
  },
  {
    label: 'Meridian: two business days late',
    scene: meridian(
      WEDNESDAY,
      variable('MA-400118-D', [['Account Value', '44000.00', '2026-11-12']]),
    ),
    portal: shown('MA-400118-D', [['Account Value', '44100.00', '2026-11-13']], 'Active'),
    expected: {
      status: 'success',
      reason: 'stale',
      says: 'as of Nov 13, 2026; by now they should be as of Nov 17, 2026',
    },
  },
  {
    label: 'Northbridge: on Thanksgiving, values of the Monday',
    scene: northbridge(
      THANKSGIVING,
      brokerage('00440-3316', [['Account Value', '44000.00', '2026-11-23']]),
    ),
    portal: shown('00440-3316', [['Account Value', '44000.00', '2026-11-23']]),
    expected: {
      status: 'success',
      reason: 'stale',
      says: 'as of Nov 23, 2026; by now they should be as of Nov 25, 2026',
    },
  },
  {
    label: 'Northbridge: a fixed annuity not valued for fourteen months',
    scene: northbridge(
      WEDNESDAY,
      fixed('00448-7001', [['Account Value', '20000.00', '2025-09-15']]),
    ),
    portal: shown('00448-7001', [['Account Value', '20000.00', '2025-09-15']]),
    expected: { status: 'success', reason: 'stale', says: 'more than a year ago' },
  },
  {
    label: 'Northbridge: the page went back behind what was read before',
    scene: northbridge(
      WEDNESDAY,
      variable('00455-2210', [['Account Value', '33100.00', '2026-11-17']]),
    ),
    portal: shown('00455-2210', [['Account Value', '33000.00', '2026-11-16']]),
    expected: { status: 'success', reason: 'stale', says: 'yours are kept' },
  },
];

const DRIFT: readonly Labelled[] = [
  {
    label: 'Northbridge: surrendered there, in force here',
    scene: northbridge(
      WEDNESDAY,
      variable('00209-7741', [['Account Value', '9000.00', '2026-10-01']]),
    ),
    portal: shown('00209-7741', [['Account Value', '0.00', '2026-10-30']], 'Surrendered'),
    expected: {
      status: 'success',
      reason: 'status-drift',
      says: 'says *Surrendered*, the CRM says *In Force*',
    },
  },
  {
    label: 'Meridian: terminated there with the very values known, pending here',
    scene: meridian(
      WEDNESDAY,
      variable('MA-510020-A', [['Account Value', '9000.00', '2026-11-17']], {
        status: 'Pending',
      }),
    ),
    portal: shown('MA-510020-A', [['Account Value', '9000.00', '2026-11-17']], 'TERMINATED'),
    expected: {
      status: 'success',
      reason: 'status-drift',
      says: 'says *TERMINATED*, the CRM says *Pending*',
    },
  },
  {
    label: 'Northbridge: lapsed there, with amounts missing on both looks',
    scene: northbridge(WEDNESDAY, whole('00520-8813', [['Cash Value', '4000.00', '2026-06-01']])),
    portal: shown('00520-8813', [['Cash Value', '', '2026-06-01']], 'Lapsed'),
    expected: {
      status: 'success',
      reason: 'status-drift',
      says: 'says *Lapsed*, the CRM says *In Force*',
    },
  },
  {
    label: 'Northbridge: surrendered there, and the page shows no values at all any more',
    scene: northbridge(
      WEDNESDAY,
      variable('00531-7702', [['Account Value', '4000.00', '2026-11-13']]),
    ),
    portal: shown('00531-7702', [], 'Surrendered'),
    expected: {
      status: 'success',
      reason: 'status-drift',
      says: 'says *Surrendered*, the CRM says *In Force*',
    },
  },
];

const PARTIAL: readonly Labelled[] = [
  {
    label: 'Northbridge: no amount beside the surrender value, on both looks',
    scene: northbridge(
      WEDNESDAY,
      variable('00560-4413', [
        ['Account Value', '7000.00', '2026-11-16'],
        ['Surrender Value', '6500.00', '2026-11-16'],
      ]),
    ),
    portal: shown('00560-4413', [
      ['Account Value', '7010.00', '2026-11-17'],
      ['Surrender Value', '', '2026-11-17'],
    ]),
    expected: {
      status: 'success',
      reason: 'partial',
      says: 'shows no amount for *Surrender Value*',
    },
  },
  {
    label: 'Meridian: two of three amounts missing, the third of an old day',
    scene: meridian(
      WEDNESDAY,
      variable('MA-600031-C', [['Account Value', '7000.00', '2026-11-16']], {
        status: 'Active',
      }),
    ),
    portal: shown(
      'MA-600031-C',
      [
        ['Account Value', '7010.00', '2026-11-02'],
        ['Cash Value', '', '2026-11-17'],
        ['Death Benefit', '', '2026-11-17'],
      ],
      'Active',
    ),
    expected: {
      status: 'success',
      reason: 'partial',
      says: 'shows no amount for *Cash Value* and *Death Benefit*',
    },
  },
];

export const SUCCESS: readonly Labelled[] = [
  ...CHANGED,
  ...UNCHANGED,
  ...STALE,
  ...DRIFT,
  ...PARTIAL,
];
