import { tz, tzOffset } from '@date-fns/tz';
import { formatISO } from 'date-fns/formatISO';
import { isBusinessDay } from './calendar.ts';
import { HOUR, MINUTE } from './clock.ts';

/** When something is due each day, in the firm's time zone. */
export interface DailySchedule {
  zone: string;
  /** "07:30": minutes of the wall clock, which on days of a clock change exist once, twice or not. */
  at: string;
  days: 'every' | 'business';
}

/** Whether Intl and date-fns know this IANA zone. */
export const isZone = (zone: string): boolean => !Number.isNaN(tzOffset(zone, new Date(0)));

/** The wall clock in a zone: ISO day, and "HH:mm". */
export const wallClock = (now: number, zone: string): { day: string; time: string } => {
  const local = formatISO(now, { in: tz(zone) });
  return { day: local.slice(0, 10), time: local.slice(11, 16) };
};

/**
 * The day (ISO) for which the task is due now, or undefined. A time that the clock skips is due when
 * the clock has passed it; one that it repeats is due once, since its day is done by then. After a
 * downtime only today is due: what was missed yesterday is not done twice today.
 */
export const dueDay = (
  { zone, at, days }: DailySchedule,
  now: number,
  lastDay: string | undefined,
): string | undefined => {
  const { day, time } = wallClock(now, zone);
  if (lastDay !== undefined && day <= lastDay) return undefined;
  if (time < at) return undefined;
  return days === 'business' && !isBusinessDay(day) ? undefined : day;
};

const QUARTER_MS = 15 * MINUTE;
/** From the easternmost zone's midnight on, in quarters of an hour, which every zone's offset keeps to. */
const EARLIEST_MS = -14 * HOUR;

/**
 * The instant (epoch ms) at which the day (ISO) reaches the time "HH:mm" first: of an hour that comes
 * twice the first, of one that the clock skips the first quarter after it.
 */
export const instantOf = (day: string, at: string, zone: string): number => {
  for (let now = Date.parse(`${day}T${at}Z`) + EARLIEST_MS; ; now += QUARTER_MS) {
    const wall = wallClock(now, zone);
    if (wall.day > day || (wall.day === day && wall.time >= at)) return now;
  }
};

/** What is done once a day. */
export interface DailyTask {
  name: string;
  schedule: DailySchedule;
  /** Must be repeatable: a crash in the middle has it run again. */
  run: (day: string) => Promise<void>;
}
