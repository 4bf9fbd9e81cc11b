/** The CRM's indicator of a product status. A policy is syncable only while pending or open. */
export const INDICATORS = ['pending', 'open', 'closed', 'expired', 'lost'] as const;
export type Indicator = (typeof INDICATORS)[number];

export const isSyncable = (indicator: Indicator): boolean =>
  indicator === 'pending' || indicator === 'open';

/** What a carrier's raw status means for us; `review` is a term we do not know and never guess. */
export type CarrierStanding = 'open' | 'pending' | 'closed' | 'expired' | 'review';

/** Terms met at carriers, the ACORD policy status list among them. */
const VOCABULARY: Record<Exclude<CarrierStanding, 'review'>, readonly string[]> = {
  open: [
    'active',
    'in force',
    'inforce',
    'issued',
    'paid-up',
    'paidup',
    'reduced paid-up',
    'extended term',
    'waiver',
    'annuitized',
    'grace period',
    'reinstated',
  ],
  pending: [
    'applied for',
    'proposed',
    'pending',
    'approved',
    'incomplete',
    'pending replacement',
    'free look',
    'suspended',
    'lapse pending',
    'death claim pending',
  ],
  closed: [
    'surrendered',
    'terminated',
    'cancelled',
    'canceled',
    'closed',
    'matured',
    'converted',
    'death claim paid',
    'cash value paid',
    'not taken',
    'not placed',
    'declined',
    'rescinded',
  ],
  expired: ['lapsed', 'expired'],
};

/** Case, spaces, every kind of dash and invisible characters do not tell two terms apart. */
const fold = (raw: string): string =>
  raw
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s_\p{Pd}]+/gu, ' ')
    .trim();

/** One word written two ways. */
const SPELLINGS: Record<string, string> = {
  canceled: 'cancelled',
  inforce: 'in force',
  paidup: 'paid up',
};

/** Whether two status texts are the same word, however each is written. */
export const sameStatus = (a: string, b: string): boolean => {
  const [one, other] = [fold(a), fold(b)];
  return (SPELLINGS[one] ?? one) === (SPELLINGS[other] ?? other);
};

const STANDINGS = new Map<string, CarrierStanding>(
  Object.entries(VOCABULARY).flatMap(([standing, terms]) =>
    terms.map((term) => [fold(term), standing as CarrierStanding] as const),
  ),
);

export const standingOf = (raw: string): CarrierStanding => STANDINGS.get(fold(raw)) ?? 'review';
