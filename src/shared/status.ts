/** The CRM's indicator of a product status. A policy is syncable only while pending or open. */
export const INDICATORS = ['pending', 'open', 'closed', 'expired', 'lost'] as const;
export type Indicator = (typeof INDICATORS)[number];

export const isSyncable = (indicator: Indicator): boolean =>
  indicator === 'pending' || indicator === 'open';

/** What a carrier's raw status may mean for us. */
export const KNOWN_STANDINGS = ['open', 'pending', 'closed', 'expired'] as const;
export type KnownStanding = (typeof KNOWN_STANDINGS)[number];

/** `review` is a term we do not know and never guess. */
export type CarrierStanding = KnownStanding | 'review';

/** What words of one carrier mean, by `statusKey`, as its adapter or the firm has said. */
export type TaughtWords = ReadonlyMap<string, KnownStanding>;

/** Terms met at carriers, the ACORD policy status list among them. */
const VOCABULARY: Record<KnownStanding, readonly string[]> = {
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
export const statusKey = (raw: string): string =>
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
  const [one, other] = [statusKey(a), statusKey(b)];
  return (SPELLINGS[one] ?? one) === (SPELLINGS[other] ?? other);
};

/** Words by what they mean, as a carrier's adapter lists them. */
export type StatusWords = Partial<Record<KnownStanding, readonly string[]>>;

export const wordsOf = (words: StatusWords): TaughtWords =>
  new Map(
    KNOWN_STANDINGS.flatMap((standing) =>
      (words[standing] ?? []).map((word) => [statusKey(word), standing] as const),
    ),
  );

const COMMON = wordsOf(VOCABULARY);

/** What was taught of this carrier comes before what such words mean elsewhere. */
export const standingOf = (raw: string, taught?: TaughtWords): CarrierStanding => {
  const key = statusKey(raw);
  return taught?.get(key) ?? COMMON.get(key) ?? 'review';
};
