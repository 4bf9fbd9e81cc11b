import { TZDate } from '@date-fns/tz';
import { addDays, format, isWeekend } from 'date-fns';

const NEW_YORK = 'America/New_York';

/**
 * "0" is the last weekday on or before now in New York, "-1" the one before it; an ISO date is
 * itself. So a demo started on any day shows values of that day.
 */
export const resolveDay = (asOf: string, now: number): string => {
  if (asOf.includes('-', 1)) return asOf;
  let day: Date = new TZDate(now, NEW_YORK);
  while (isWeekend(day)) day = addDays(day, -1);
  for (let left = -Number(asOf); left > 0; left -= isWeekend(day) ? 0 : 1) day = addDays(day, -1);
  return format(day, 'yyyy-MM-dd');
};
