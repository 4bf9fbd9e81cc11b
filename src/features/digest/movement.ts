import type { Money } from '#shared/money.ts';

/** How the account value of a policy moved since the digest before. */
export interface Move {
  policyId: string;
  from: Money;
  to: Money;
  /** Valued each business day, so that the market moves it. */
  daily: boolean;
}

/** What matters to people: both must be reached. */
export interface MoveRule {
  percent: number;
  /** Minor units of the policy's own currency. */
  minor: number;
}

/** Most daily valued policies went the same way by much the same share. */
export interface MarketMove {
  moved: number;
  of: number;
  percent: number;
}

/** Fewer are no market. */
const LEAST_POLICIES = 10;
/** "Most" of them. */
const LEAST_SHARE = 0.6;
/** A market that moves less is every day's. */
const LEAST_PERCENT = 1;
/** Percentage points around the middle that count as alike; wider when it moves further. */
const LEAST_BAND = 1;

/** Undefined where a share means nothing: another currency, or nothing before. */
export const percentOf = ({ from, to }: Pick<Move, 'from' | 'to'>): number | undefined =>
  from.currency !== to.currency || from.minor <= 0
    ? undefined
    : ((to.minor - from.minor) / from.minor) * 100;

/** A typed array sorts numbers quickly: a firm has 200,000 of them. */
const middleOf = (percents: readonly number[]): number =>
  Float64Array.from(percents).sort()[Math.floor(percents.length / 2)] ?? 0;

const alike = (percent: number, market: number): boolean =>
  Math.sign(percent) === Math.sign(market) &&
  Math.abs(percent - market) <= Math.max(LEAST_BAND, Math.abs(market) / 2);

const marketOf = (percents: readonly number[]): MarketMove | undefined => {
  if (percents.length < LEAST_POLICIES) return undefined;
  const percent = middleOf(percents);
  const moved = percents.filter((each) => alike(each, percent)).length;
  return Math.abs(percent) < LEAST_PERCENT || moved < percents.length * LEAST_SHARE
    ? undefined
    : { moved, of: percents.length, percent };
};

const amountOf = ({ from, to }: Move): number => Math.abs(to.minor - from.minor);

/** What went with the market is told once; of the rest what matters, the largest amount first. */
export const foldMoves = (
  moves: readonly Move[],
  rule: MoveRule,
): { market?: MarketMove; notable: Move[] } => {
  const known = moves.flatMap((move) => {
    const percent = percentOf(move);
    return percent === undefined ? [] : [{ move, percent }];
  });
  const market = marketOf(known.filter(({ move }) => move.daily).map(({ percent }) => percent));
  const notable = known
    .filter(
      ({ move, percent }) => Math.abs(percent) >= rule.percent && amountOf(move) >= rule.minor,
    )
    .filter(({ move, percent }) => !(market && move.daily && alike(percent, market.percent)))
    .map(({ move }) => move)
    .toSorted((a, b) => amountOf(b) - amountOf(a));
  return { ...(market === undefined ? {} : { market }), notable };
};
