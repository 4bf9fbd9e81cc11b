import { businessDaysBefore, lastValuedDay } from '#shared/calendar.ts';

/**
 * "0" is the newest day that a portal can show values of, the last business day before today; "-1"
 * the business day before it; an ISO date is itself. So a demo started on any day is fresh.
 */
export const resolveDay = (asOf: string, now: number): string => {
  if (asOf.includes('-', 1)) return asOf;
  const newest = lastValuedDay(now);
  return asOf === '0' ? newest : businessDaysBefore(newest, -Number(asOf));
};
