import { isBusinessDay } from '#shared/calendar.ts';
import { DAYS, dayWindow, DOWN, POLICIES, POLICY_LIST, SOURCES, type WeekPolicy } from './plan.ts';
import type { WeekFirm } from './firm.ts';
import type { Linked } from './portals.ts';

export interface Figures {
  sources: number;
  policies: number;
  syncs: number;
  forgotten: number;
  twice: number;
  forcesLate: number;
  warnedTwice: number;
  digests: number;
}

/** A login that could be used for so long on a day has its whole day done. */
const LONG_ENOUGH_MS = 40 * 60_000;

export interface Attempt {
  id: string;
  policy_id: string;
  source_id: string;
  run_id: string | null;
  priority: number;
  status: string;
  created_at: number;
  started_at: number;
  finished_at: number;
  /** When a person asked for it. */
  asked_at: number | null;
}

/** What was read to an end: a value, an absence, a failure. */
export const attemptsOf = ({ db }: WeekFirm): Promise<Attempt[]> =>
  db
    .selectFrom('sync as s')
    .leftJoin('request_sync as rs', 'rs.sync_id', 's.id')
    .leftJoin('request as r', 'r.id', 'rs.request_id')
    .select([
      's.id',
      's.policy_id',
      's.source_id',
      's.run_id',
      's.priority',
      's.status',
      's.created_at',
    ])
    .select((of) => [
      of.fn.coalesce(of.ref('s.started_at'), of.ref('s.created_at')).as('started_at'),
      of.fn.coalesce(of.ref('s.finished_at'), of.ref('s.created_at')).as('finished_at'),
      of.fn.min<number | null>('r.created_at').as('asked_at'),
    ])
    .where('s.status', 'in', ['success', 'not-found', 'failed'])
    .groupBy('s.id')
    .execute();

const overlap = (a: { from: number; to: number }, b: { from: number; to: number }): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

/** How long the login could be used on the day while we ran. */
const usable = (links: readonly Linked[], day: string): number => {
  const window = dayWindow(day);
  return links.reduce((sum, link) => {
    const within = { from: Math.max(link.from, window.from), to: Math.min(link.to, window.to) };
    if (within.to <= within.from) return sum;
    return sum + (within.to - within.from) - overlap(within, DOWN);
  }, 0);
};

/** A stale value waits for the next business day. */
const mayWait = (policy: WeekPolicy, day: string): boolean =>
  policy.kind === 'stale' && !isBusinessDay(day);

export const forgottenOf = (
  attempts: readonly Attempt[],
  linked: readonly Linked[],
): { day: string; policy: WeekPolicy }[] => {
  const linksOf = Map.groupBy(linked, ({ source }) => source);
  const attemptsAt = Map.groupBy(attempts, ({ policy_id }) => policy_id);
  return DAYS.flatMap((day) => {
    const { from, to } = dayWindow(day);
    return POLICY_LIST.filter((policy) => {
      if (policy.seenBy === undefined || mayWait(policy, day)) return false;
      if (usable(linksOf.get(policy.seenBy) ?? [], day) < LONG_ENOUGH_MS) return false;
      return !(attemptsAt.get(policy.id) ?? []).some(
        ({ finished_at }) => finished_at >= from && finished_at < to,
      );
    }).map((policy) => ({ day, policy }));
  });
};

/**
 * Background syncs that read a policy on a day on which it had been read with success already, or by
 * the same login. One search over several logins for a policy without a home is one sync.
 */
export const twiceOf = (attempts: readonly Attempt[]): Attempt[] => {
  const byPolicy = Map.groupBy(attempts, ({ policy_id }) => policy_id);
  return attempts.filter((one) => {
    if (one.run_id === null || one.asked_at !== null) return false;
    const day = DAYS.find((each) => {
      const { from, to } = dayWindow(each);
      return one.started_at >= from && one.started_at < to;
    });
    if (day === undefined) return false;
    const { from } = dayWindow(day);
    return (byPolicy.get(one.policy_id) ?? []).some(
      (other) =>
        other.id !== one.id &&
        other.finished_at >= from &&
        other.finished_at <= one.started_at &&
        (other.status === 'success' || other.source_id === one.source_id),
    );
  });
};

/**
 * Forces that something of the background overtook: between the asking and the start of its read a
 * background sync began that was queued before, at the force's own login, or at another while the
 * force's login was free. What begins in the very moment of either is not after the one nor before
 * the other.
 */
export const lateOf = (attempts: readonly Attempt[]): Attempt[] => {
  const background = attempts.filter(({ asked_at }) => asked_at === null);
  return attempts.filter((force) => {
    const { asked_at: asked } = force;
    if (asked === null) return false;
    return background.some((one) => {
      if (one.started_at <= asked || one.started_at >= force.started_at) return false;
      if (one.source_id === force.source_id) return true;
      return !attempts.some(
        (busy) =>
          busy.id !== force.id &&
          busy.source_id === force.source_id &&
          busy.started_at <= one.started_at &&
          busy.finished_at > one.started_at,
      );
    });
  });
};

export const weekFigures = (parts: {
  attempts: readonly Attempt[];
  linked: readonly Linked[];
  warnedTwice: number;
  digests: number;
}): Figures => ({
  sources: SOURCES,
  policies: POLICIES,
  syncs: parts.attempts.length,
  forgotten: forgottenOf(parts.attempts, parts.linked).length,
  twice: twiceOf(parts.attempts).length,
  forcesLate: lateOf(parts.attempts).length,
  warnedTwice: parts.warnedTwice,
  digests: parts.digests,
});
