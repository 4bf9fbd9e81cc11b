/**
 * Policies of the seeded firm that were made to show something, and who should ask for them. `as` is
 * a member id of the local workspace; Ana has one login at Northbridge, Ben two, of which one is
 * unlinked; at Meridian Ana has two unlinked ones, Ben a single one.
 */
interface Case {
  carrier: 'northbridge-life' | 'meridian-annuity';
  /** As the CRM writes it. */
  number: string;
  as: string;
  /** What the sync, or the way to it, shows. */
  shows: string;
}

const ANA = 'UANARUIZ1';
const BEN = 'UBENCART1';
const NORTHBRIDGE = 'northbridge-life';
const MERIDIAN = 'meridian-annuity';

export const CASES = {
  changed: {
    carrier: NORTHBRIDGE,
    number: '00123-4567',
    as: ANA,
    shows: 'one linked source, no question, Success with changed values',
  },
  unchanged: {
    carrier: NORTHBRIDGE,
    number: '00276-1185',
    as: ANA,
    shows: 'Success, unchanged: a term policy that is valued once a year',
  },
  stale: {
    carrier: NORTHBRIDGE,
    number: '00312-9085',
    as: ANA,
    shows: 'Success, stale: a variable annuity valued 14 business days ago',
  },
  drift: {
    carrier: NORTHBRIDGE,
    number: '00209-7741',
    as: ANA,
    shows: 'Success, status drift: In Force here, Surrendered at the carrier',
  },
  partial: {
    carrier: NORTHBRIDGE,
    number: '00560-4413',
    as: ANA,
    shows: 'Success, partial: no amount beside Surrender Value',
  },
  unknownStatus: {
    carrier: NORTHBRIDGE,
    number: '00947-2210',
    as: ANA,
    shows: 'a status that is in no vocabulary: "Restricted Review"',
  },
  neverSeen: {
    carrier: NORTHBRIDGE,
    number: '00774-1099',
    as: ANA,
    shows: 'Not Found after the second search: no login of the firm sees it',
  },
  gone: {
    carrier: NORTHBRIDGE,
    number: '00118-2276',
    as: ANA,
    shows: 'Not Found: this login saw it days ago, and it is gone',
  },
  mistyped: {
    carrier: NORTHBRIDGE,
    number: '00451-8830',
    as: ANA,
    shows: 'Not Found: the carrier has 00451-8380, two digits changed about',
  },
  missingZero: {
    carrier: NORTHBRIDGE,
    number: '4471-0926',
    as: BEN,
    shows: 'Not Found: the carrier has 04471-0926',
  },
  otherLogin: {
    carrier: NORTHBRIDGE,
    number: '00630-5518',
    as: BEN,
    shows: "Not Found by Ben's login; the agency's saw it",
  },
  notSyncable: {
    carrier: NORTHBRIDGE,
    number: '00398-6624',
    as: ANA,
    shows: 'not syncable: Surrendered in the CRM',
  },
  mixedPicker: {
    carrier: NORTHBRIDGE,
    number: '00815-7736',
    as: BEN,
    shows: "a picker: Ben's source Linked, the agency's Unlinked",
  },
  codePicker: {
    carrier: MERIDIAN,
    number: 'MA-207734-B',
    as: ANA,
    shows: 'a picker of two Unlinked sources, whose link asks for a code',
  },
  singleUnlinked: {
    carrier: MERIDIAN,
    number: 'MA-916602-D',
    as: BEN,
    shows: 'a single Unlinked source: for a link with a wrong password',
  },
} as const satisfies Record<string, Case>;

/** A number that Ana's book has at both carriers, so that it alone names no policy. */
export const SAME_NUMBER = '55-0142-77';

/** The login with more than 50 syncable policies, for a background session that a force overtakes. */
export const BUSY_LOGIN = { carrier: NORTHBRIDGE, source: 'S-NB-ANA', user: 'aruiz' };
