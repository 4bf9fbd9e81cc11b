import { addDays, formatISO, getDay, parseISO } from 'date-fns';
import { tz } from '@date-fns/tz';

/**
 * Business days of the New York Stock Exchange. Dates are ISO days (yyyy-mm-dd) at the exchange.
 * Holidays by the rules of NYSE Rule 7.2 as published on nyse.com/markets/hours-calendars.
 */
const EXCHANGE_ZONE = 'America/New_York';

/** Day of week: 0 Sunday ... 6 Saturday; counted in UTC, so that no zone moves the day. */
const weekday = (day: string): number => getDay(parseISO(`${day}T12:00:00`));

const shift = (day: string, days: number): string =>
  formatISO(addDays(parseISO(`${day}T12:00:00`), days), { representation: 'date' });

const iso = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The nth (1-based) given weekday of a month, or the last one with n = -1. */
const nth = (year: number, month: number, wanted: number, n: number): string => {
  if (n > 0) {
    const first = iso(year, month, 1);
    return shift(first, ((wanted - weekday(first) + 7) % 7) + (n - 1) * 7);
  }
  const last = shift(month === 12 ? iso(year + 1, 1, 1) : iso(year, month + 1, 1), -1);
  return shift(last, -((weekday(last) - wanted + 7) % 7));
};

/** A holiday on a Sunday is kept on Monday, on a Saturday on Friday. */
const observed = (day: string): string => {
  if (weekday(day) === 0) return shift(day, 1);
  return weekday(day) === 6 ? shift(day, -1) : day;
};

/** Anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8). */
const easter = (year: number): string => {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return iso(year, month, ((h + l - 7 * m + 114) % 31) + 1);
};

const holidaysOf = (year: number): Set<string> => {
  const days = [
    nth(year, 1, 1, 3), // Martin Luther King Jr. Day
    nth(year, 2, 1, 3), // Washington's Birthday
    shift(easter(year), -2), // Good Friday
    nth(year, 5, 1, -1), // Memorial Day
    observed(iso(year, 7, 4)),
    nth(year, 9, 1, 1), // Labor Day
    nth(year, 11, 4, 4), // Thanksgiving Day
    observed(iso(year, 12, 25)),
  ];
  if (year >= 2022) days.push(observed(iso(year, 6, 19))); // Juneteenth
  // New Year's Day on a Saturday is not moved: it would fall into the year before.
  if (weekday(iso(year, 1, 1)) !== 6) days.push(observed(iso(year, 1, 1)));
  return new Set(days);
};

export const isBusinessDay = (day: string): boolean => {
  const dow = weekday(day);
  return dow !== 0 && dow !== 6 && !holidaysOf(Number(day.slice(0, 4))).has(day);
};

/** The business day `count` business days before `day` (which need not be one itself). */
export const businessDaysBefore = (day: string, count: number): string => {
  let at = day;
  for (let left = count; left > 0;) {
    at = shift(at, -1);
    if (isBusinessDay(at)) left -= 1;
  }
  return at;
};

/** How many business days lie after `from` up to and including `to`; 0 when `to` is not later. */
export const businessDaysBetween = (from: string, to: string): number => {
  let count = 0;
  for (let at = shift(from, 1); at <= to; at = shift(at, 1)) if (isBusinessDay(at)) count += 1;
  return count;
};

/** The exchange's calendar day at an instant (epoch ms). */
export const exchangeDay = (now: number): string =>
  formatISO(new Date(now), { representation: 'date', in: tz(EXCHANGE_ZONE) });

/** The newest as-of date that a daily-valued product can show now: the last business day before today. */
export const lastValuedDay = (now: number): string => businessDaysBefore(exchangeDay(now), 1);
