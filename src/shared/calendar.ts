import { formatISO } from 'date-fns/formatISO';
import { tz } from '@date-fns/tz';
import { DAY, MINUTE } from './clock.ts';

/**
 * Business days of the New York Stock Exchange. Dates are ISO days (yyyy-mm-dd) at the exchange.
 * Holidays by the rules of NYSE Rule 7.2 as published on nyse.com/markets/hours-calendars.
 */
const EXCHANGE_ZONE = 'America/New_York';
/** A Monday, from which days are counted. */
const FIRST_MONDAY = Date.parse('1970-01-05');

/** yyyy-mm-dd, and a day that there is. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  new Date(`${text}T00:00:00Z`).getUTCDate() === Number(text.slice(8));

/** Days since that Monday. All days are counted in UTC, so that no zone moves one. */
const serial = (day: string): number => (Date.parse(day) - FIRST_MONDAY) / DAY;

const dayOf = (days: number): string =>
  new Date(FIRST_MONDAY + days * DAY).toISOString().slice(0, 10);

/** Day of week: 0 Sunday ... 6 Saturday. */
const weekday = (day: string): number => new Date(day).getUTCDay();

const shift = (day: string, days: number): string => dayOf(serial(day) + days);

const iso = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);

/** The nth (1-based) given weekday of a month. */
const nth = (year: number, month: number, wanted: number, n: number): string => {
  const first = iso(year, month, 1);
  return shift(first, ((wanted - weekday(first) + 7) % 7) + (n - 1) * 7);
};

/** The last given weekday of a month. */
const last = (year: number, month: number, wanted: number): string => {
  const end = iso(year, month + 1, 0);
  return shift(end, -((weekday(end) - wanted + 7) % 7));
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

/** Days the exchange closed once, for a reason that no rule foresees. */
const CLOSED_ONCE: Record<number, string> = {
  2018: '2018-12-05', // mourning for George H. W. Bush
  2025: '2025-01-09', // mourning for Jimmy Carter
};

const holidaysIn = (year: number): Set<string> => {
  const days = [
    nth(year, 1, 1, 3), // Martin Luther King Jr. Day
    nth(year, 2, 1, 3), // Washington's Birthday
    shift(easter(year), -2), // Good Friday
    last(year, 5, 1), // Memorial Day
    observed(iso(year, 7, 4)),
    nth(year, 9, 1, 1), // Labor Day
    nth(year, 11, 4, 4), // Thanksgiving Day
    observed(iso(year, 12, 25)),
  ];
  if (year >= 2022) days.push(observed(iso(year, 6, 19))); // Juneteenth
  // New Year's Day on a Saturday is not moved: it would fall into the year before.
  if (weekday(iso(year, 1, 1)) !== 6) days.push(observed(iso(year, 1, 1)));
  const once = CLOSED_ONCE[year];
  if (once !== undefined) days.push(once);
  return new Set(days);
};

const known = new Map<number, Set<string>>();

const holidaysOf = (year: number): Set<string> => {
  const days = known.get(year) ?? holidaysIn(year);
  known.set(year, days);
  return days;
};

const yearOf = (day: string): number => Number(day.slice(0, 4));

export const isBusinessDay = (day: string): boolean => {
  const dow = weekday(day);
  return dow !== 0 && dow !== 6 && !holidaysOf(yearOf(day)).has(day);
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

/** The first business day after `day`. */
export const nextBusinessDay = (day: string): string => {
  let at = shift(day, 1);
  while (!isBusinessDay(at)) at = shift(at, 1);
  return at;
};

/** How many weekdays lie between that Monday and the day, the day included. */
const weekdaysUpTo = (day: string): number => {
  const days = serial(day);
  const weeks = Math.floor(days / 7);
  return weeks * 5 + Math.min(days - weeks * 7 + 1, 5);
};

/** A carrier's "no date" is often a day of the year 1 or 1900; so far back no holiday counts. */
const FIRST_YEAR = 1970;

/**
 * How many business days lie after `from` up to and including `to`; 0 when `to` is not later.
 * Counted without a walk over the days, which may be centuries apart.
 */
export const businessDaysBetween = (from: string, to: string): number => {
  if (from >= to) return 0;
  let holidays = 0;
  for (let year = Math.max(yearOf(from), FIRST_YEAR); year <= yearOf(to); year += 1)
    for (const day of holidaysOf(year)) if (day > from && day <= to) holidays += 1;
  return weekdaysUpTo(to) - weekdaysUpTo(from) - holidays;
};

/** Days begin on a quarter of an hour in every zone, so within one the day is the same. */
const QUARTER_MS = 15 * MINUTE;
let lastQuarter = { quarter: Number.NaN, day: '' };

/** The exchange's calendar day at an instant (epoch ms). */
export const exchangeDay = (now: number): string => {
  const quarter = Math.floor(now / QUARTER_MS);
  if (quarter !== lastQuarter.quarter)
    lastQuarter = {
      quarter,
      day: formatISO(new Date(now), { representation: 'date', in: tz(EXCHANGE_ZONE) }),
    };
  return lastQuarter.day;
};

/** The newest as-of date that a daily-valued product can show now: the last business day before today. */
export const lastValuedDay = (now: number): string => businessDaysBefore(exchangeDay(now), 1);
