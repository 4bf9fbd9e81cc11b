import { isBusinessDay } from '#shared/calendar.ts';
import { daysOf, type Reason } from '#shared/outcome.ts';
import { DAY } from '#shared/clock.ts';

/** A policy's latest ended attempts, before a day's background work is queued. */
export interface PastAttempts {
  /** Of the newest one; none was made when it is absent. */
  reason?: Reason;
  /** Of the one before it. */
  reasonBefore?: Reason;
  /** When the newest one ended, epoch ms. */
  endedAt: number;
  /** When a person or an import last changed a policy that has gone, epoch ms. */
  changedAt?: number;
}

/** Six days and a bit, since a day's hour may come an hour early. */
const WEEKLY_MS = 6.5 * DAY;

/**
 * Whether the background reads the policy on this day (ISO), which began at `startsAt`. A stale value
 * is looked at again when the market has had a business day; a policy that has gone is looked for
 * once more, then weekly until somebody changes it; when it ended by a clock that stood ahead is not
 * known. Everything else is read each day.
 */
export const isDueOn = (day: string, startsAt: number, past: PastAttempts): boolean => {
  switch (past.reason && daysOf(past.reason)) {
    case 'business':
      return isBusinessDay(day);
    case 'weekly-after-two':
      return (
        past.reasonBefore !== past.reason ||
        (past.changedAt ?? 0) > past.endedAt ||
        Math.abs(startsAt - past.endedAt) > WEEKLY_MS
      );
    case undefined:
      return true;
  }
};
