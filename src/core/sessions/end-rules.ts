import { MINUTE } from '#shared/clock.ts';

/** Why a portal ended a session, as far as its times tell: at some, the words are the same. */
export type SessionEndKind = 'usual' | 'early' | 'early-again';

/** No portal ends a session for idleness that soon after it was used. */
const SOON = 5 * MINUTE;
/** Its own life may be over a little before the adapter says so. */
const MARGIN = MINUTE;
/** So long after one early end another is no accident. */
const AGAIN = 30 * MINUTE;

/**
 * A session that ends soon after use, and again, has been ended by somebody who signed in with the
 * same login: each new sign-in of ours throws them out.
 */
export const judgeEnd = (
  session: { usedAt: number | null; endsAt: number | null; endedEarlyAt: number | null },
  now: number,
): SessionEndKind => {
  const { usedAt, endsAt, endedEarlyAt } = session;
  const inUse = usedAt !== null && now - usedAt <= SOON;
  const outlived = endsAt !== null && now >= endsAt - MARGIN;
  if (!inUse || outlived) return 'usual';
  return endedEarlyAt !== null && now - endedEarlyAt <= AGAIN ? 'early-again' : 'early';
};
