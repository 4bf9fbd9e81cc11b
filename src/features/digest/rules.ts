import type { Money } from '#shared/money.ts';
import { foldMoves, type MarketMove, type Move, type MoveRule } from './movement.ts';
import { needOf, REASONS, type Need, type Reason } from '#shared/outcome.ts';

/**
 * What a digest counts, of syncable policies. success, changed, first: their latest attempt, since
 * the digest before; what was never known before has first values, and has not changed. drift,
 * notFound: their latest attempt, whenever it was. stale: the newest value is older than such a
 * product should show. waiting: as the report's needs-link. notSynced: no success in the last 7 days.
 */
export const DIGEST_COUNTS = [
  'syncable',
  'success',
  'changed',
  'first',
  'waiting',
  'stale',
  'drift',
  'notFound',
  'notSynced',
] as const;

export type DigestCounts = Record<(typeof DIGEST_COUNTS)[number], number>;

export const NO_COUNTS: DigestCounts = {
  syncable: 0,
  success: 0,
  changed: 0,
  first: 0,
  waiting: 0,
  stale: 0,
  drift: 0,
  notFound: 0,
  notSynced: 0,
};

export interface CarrierCounts {
  carrierId: string;
  counts: DigestCounts;
}

/** Why somebody is needed, and so which button stands beside it; a code or a portal's end is of the moment. */
export const NEED_KINDS = [
  'link',
  'doubt',
  'status',
  'number',
  'search',
  'portal',
  'old',
] as const satisfies readonly Need[];
export type NeedKind = (typeof NEED_KINDS)[number];
type PolicyNeedKind = Exclude<NeedKind, 'link'>;

/** What a person can do about the end of a policy's latest attempt; undefined: nothing now. */
export const policyNeedOf = (reason: Reason): PolicyNeedKind | undefined =>
  NEED_KINDS.filter((kind) => kind !== 'link').find((kind) => kind === needOf(reason));

export const NEEDING_REASONS = (Object.keys(REASONS) as Reason[]).filter(
  (reason) => policyNeedOf(reason) !== undefined,
);

/** A policy that needs a person. */
export interface PolicyNeed {
  kind: PolicyNeedKind;
  policyId: string;
  /** What the policy is worth, where that is known. */
  worth: Money | undefined;
}

/** A login that must be linked, and what waits for it. */
export interface LinkNeed {
  kind: 'link';
  sourceId: string;
  policies: number;
  worth: Money | undefined;
}

/** Everything a digest is made of, straight from the rows. */
export interface DigestFacts {
  carriers: readonly CarrierCounts[];
  /** Syncable policies whose latest attempt did not succeed, or that wait for a link. */
  unread: readonly { reason: Reason; count: number }[];
  needs: readonly (PolicyNeed | LinkNeed)[];
  moves: readonly Move[];
}

export interface DigestDraft {
  counts: DigestCounts;
  carriers: CarrierCounts[];
  unread: { reason: Reason; count: number }[];
  /** Most valuable first, so many of each kind as are told. */
  needs: (PolicyNeed | LinkNeed)[];
  /** How many there are of each kind in all. */
  needed: Record<NeedKind, number>;
  market?: MarketMove;
  /** The largest first. */
  moves: Move[];
  moved: number;
}

/** So many of each kind have a place in the thread; the report has the rest. */
export const MOST_TOLD = 100;

/** One that was kept by an earlier version may lack a count. */
export const sumCounts = (all: readonly Partial<DigestCounts>[]): DigestCounts => {
  const sum = { ...NO_COUNTS };
  for (const counts of all) for (const name of DIGEST_COUNTS) sum[name] += counts[name] ?? 0;
  return sum;
};

const worthOf = ({ worth }: PolicyNeed | LinkNeed): number => worth?.minor ?? -1;

/** Pure: what of the facts is told, and in which order. */
export const draftDigest = (facts: DigestFacts, rule: MoveRule): DigestDraft => {
  const byWorth = facts.needs.toSorted((a, b) => worthOf(b) - worthOf(a));
  const byKind = Map.groupBy(byWorth, ({ kind }) => kind);
  const told = new Set([...byKind.values()].flatMap((needs) => needs.slice(0, MOST_TOLD)));
  const { market, notable } = foldMoves(facts.moves, rule);
  return {
    counts: sumCounts(facts.carriers.map(({ counts }) => counts)),
    carriers: facts.carriers.toSorted((a, b) => b.counts.syncable - a.counts.syncable),
    unread: facts.unread.toSorted((a, b) => b.count - a.count),
    needs: byWorth.filter((need) => told.has(need)),
    needed: Object.fromEntries(
      NEED_KINDS.map((kind) => [kind, byKind.get(kind)?.length ?? 0]),
    ) as Record<NeedKind, number>,
    ...(market === undefined ? {} : { market }),
    moves: notable.slice(0, MOST_TOLD),
    moved: notable.length,
  };
};

/** All is well, or nothing is there yet: one line says so. */
export const isQuiet = ({
  counts,
  needed,
  market,
  moved,
  unread,
}: Pick<DigestDraft, 'counts' | 'needed' | 'market' | 'moved' | 'unread'>): boolean =>
  counts.syncable === 0 ||
  (NEED_KINDS.every((kind) => needed[kind] === 0) &&
    market === undefined &&
    moved === 0 &&
    unread.length === 0 &&
    counts.notSynced === 0);
