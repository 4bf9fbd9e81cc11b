import { tzOffset } from '@date-fns/tz';
import { casual, type ParsedResult } from 'chrono-node/en';
import { DAY, HOUR, MINUTE } from '#shared/clock.ts';

/** People plan reviews a year ahead; what is later is a slip. */
const FURTHEST = 400 * DAY;

/** Instants are epoch ms. */
export type TypedTime =
  | { kind: 'time'; at: number }
  /** It can mean several instants, the person says which. */
  | { kind: 'several'; readings: readonly number[] }
  /** A day without an hour: 9:00 of it is where a picker begins. */
  | { kind: 'no-hour'; near: number }
  /** It is over; `instead` is the same a week later, where a weekday was meant. */
  | { kind: 'past'; at: number; instead: readonly number[] }
  | { kind: 'too-far'; at: number }
  /** The clocks are set forward over it. */
  | { kind: 'skipped'; instead: number }
  | { kind: 'not-understood' };

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** The instants at which a clock of this zone shows this: one, two where it is set back, or none. */
const instantsOf = ({ year, month, day, hour, minute }: Wall, zone: string): number[] => {
  const utc = Date.UTC(year, month - 1, day, hour, minute);
  const offset = (at: number): number => tzOffset(zone, new Date(at)) * MINUTE;
  return [...new Set([offset(utc - DAY), offset(utc + DAY)])]
    .filter((each) => offset(utc - each) === each)
    .map((each) => utc - each)
    .sort((a, b) => a - b);
};

/** A skipped time is taken as the clock before the change would show it: an hour later. */
const firstInstant = (wall: Wall, zone: string): number => {
  const utc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  return instantsOf(wall, zone)[0] ?? utc - tzOffset(zone, new Date(utc - DAY)) * MINUTE;
};

const wallOf = ({ start }: ParsedResult): Wall => ({
  year: start.get('year') ?? 0,
  month: start.get('month') ?? 1,
  day: start.get('day') ?? 1,
  hour: start.get('hour') ?? 0,
  minute: start.get('minute') ?? 0,
});

const shifted = (wall: Wall, days: number): Wall => {
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days));
  return {
    ...wall,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  };
};

/** The day that a clock of the zone shows now. */
const today = (now: number, zone: string): number =>
  Math.floor((now + tzOffset(zone, new Date(now)) * MINUTE) / DAY);

/**
 * A weekday or a date without a year that lies before today means the next one. Counted in days of the
 * zone: chrono's own `forwardDate` compares with the machine's.
 */
const forward = ({ start }: ParsedResult, wall: Wall, now: number, zone: string): Wall => {
  const isOver = Date.UTC(wall.year, wall.month - 1, wall.day) / DAY < today(now, zone);
  if (!isOver) return wall;
  if (start.isCertain('weekday') && !start.isCertain('day')) return shifted(wall, 7);
  if (start.isCertain('month') && !start.isCertain('year')) return { ...wall, year: wall.year + 1 };
  return wall;
};

const isOnlyTime = ({ start }: ParsedResult): boolean =>
  !start.isCertain('weekday') && !start.isCertain('day') && !start.isCertain('month');

/** "tomorrow at 3": in the morning or in the afternoon? "15:00", "08:00" and "3pm" say it. */
const lacksHalfOfDay = ({ start, text }: ParsedResult): boolean =>
  start.isCertain('hour') &&
  !start.isCertain('meridiem') &&
  (start.get('hour') ?? 0) < 13 &&
  !/noon|midnight|\b0\d:\d\d|\d{4}-\d\d-\d\d/i.test(text);

const otherHalf = (wall: Wall): Wall => ({
  ...wall,
  hour: wall.hour < 12 ? wall.hour + 12 : wall.hour - 12,
});

/** Words around a time that change nothing about it. */
const FILLER =
  /\b(at|on|the|my|our|a|around|about|by|for|until|till?|meeting|call|review|appointment|with|them|sharp|of|and|next|eod|cob|please|pls|plz|thanks?|thx)\b/gi;

const isUnderstoodWhole = (text: string, parts: readonly ParsedResult[]): boolean =>
  !/[\p{L}\p{N}]/u.test(
    parts.reduce((left, part) => left.replace(part.text, ' '), text).replaceAll(FILLER, ' '),
  );

const single = (at: number, now: number, instead: readonly number[]): TypedTime => {
  if (at <= now) return { kind: 'past', at, instead };
  return at > now + FURTHEST ? { kind: 'too-far', at } : { kind: 'time', at };
};

/** An hour counted from now, or with a zone of its own, is an instant already. */
const isInstant = ({ start }: ParsedResult): boolean =>
  start.isCertain('timezoneOffset') && start.isCertain('hour');

const readOne = (part: ParsedResult, now: number, zone: string): TypedTime => {
  const wall = forward(part, wallOf(part), now, zone);
  const weekday = part.start.isCertain('weekday') && !part.start.isCertain('day');
  if (!part.start.isCertain('hour')) {
    const nine = (days: number): number =>
      firstInstant({ ...shifted(wall, days), hour: 9, minute: 0 }, zone);
    const isOver = weekday && /morning/i.test(part.text) && nine(0) + 3 * HOUR <= now;
    return { kind: 'no-hour', near: nine(isOver ? 7 : 0) };
  }
  if (isInstant(part)) {
    const at = part.start.date().getTime();
    return single(at, now, weekday ? [at + 7 * DAY] : []);
  }
  const walls = lacksHalfOfDay(part) ? [wall, otherHalf(wall)] : [wall];
  const of = (days: number): number[] =>
    walls.flatMap((each) => instantsOf(shifted(each, days), zone)).sort((a, b) => a - b);
  const isTomorrow = isOnlyTime(part) && of(0).every((at) => at <= now);
  const instants = of(isTomorrow ? 1 : 0);
  const ahead = instants.filter((at) => at > now && at <= now + FURTHEST);
  const last = instants.at(-1);
  if (last === undefined) return { kind: 'skipped', instead: firstInstant(wall, zone) };
  // The clocks may be changed within that week: the hour is the same, and the instant is not.
  return ahead.length > 1
    ? { kind: 'several', readings: ahead }
    : single(ahead[0] ?? last, now, weekday ? of(7) : []);
};

/** As thumbs write it: "tues @ 3p", "12-4 3pm"; "tom" beside an hour, as it is a name too. */
const spelled = (text: string): string =>
  text
    .replace(/\s*@\s*/g, ' at ')
    .replace(/\b(\d{1,2}(?::\d\d)?)([ap])\b(?!\.?m\b)/gi, '$1$2m')
    .replace(/\b(\d{1,2})\p{Pd}(\d{1,2})(?=,?\s+(?:at\s+)?\d)/gu, '$1/$2')
    .replace(/\btues\b/gi, 'tue')
    .replace(/\bweds\b/gi, 'wed')
    .replace(
      /\b(?:tomm?orr?ow|tom(?=,?\s(?:at\s)?\d{1,2}(?!\d))|(?<=\d[ap]m\s)tom)\b/gi,
      'tomorrow',
    );

/** Beside a day a bare number is its hour: "tomorrow 9", "9 on friday", "fri 3". */
const withAt = (text: string): string =>
  spelled(text)
    .replace(
      /\b(today|tomorrow|tmrw|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*),?\s+(\d{1,2})(?=\s*$)/i,
      (as, day: string, hour: string) =>
        Number(hour) > 12 && !/^t[om]/i.test(day) ? as : `${day} at ${hour}`,
    )
    .replace(
      /^\s*(\d{1,2})\s+(?=(?:on\s+)?(?:today|tomorrow|tmrw|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\b)/i,
      'at $1 ',
    );

/** In characters; what is longer is no time, and takes long to read. */
const LONGEST = 200;

/** What a person typed, read by the wall clock of their zone (IANA). Never a guess. */
export const readTime = (typed: string, now: number, zone: string): TypedTime => {
  if (typed.length > LONGEST) return { kind: 'not-understood' };
  const text = withAt(typed);
  const parts = casual.parse(text, {
    instant: new Date(now),
    timezone: tzOffset(zone, new Date(now)),
  });
  const [first] = parts;
  if (first === undefined || !isUnderstoodWhole(text.replaceAll(/\bor\b/gi, ' '), parts))
    return { kind: 'not-understood' };
  if (parts.length === 1) return readOne(first, now, zone);
  const read = parts.map((part) => readOne(part, now, zone));
  const readings = read.flatMap((each) => {
    if (each.kind === 'time') return [each.at];
    return each.kind === 'several' ? each.readings : [];
  });
  return readings.length > 1 ? { kind: 'several', readings } : { kind: 'not-understood' };
};

/** What stands before a time: with it, a word of the calendar is no name. */
const LEADS = /^(?:at|by|for|in|on|until|till?|around|about|this|next|@.*)$/i;
const IN_FILLER = new RegExp(`^${FILLER.source}$`, 'i');
const A_DAY = /\b(?:tomm?orr?ow|tmrw|(?:mon|tues|wednes|thurs|fri|satur|sun)day|noon|midnight)\b/i;
/** "for april", "by sun": after a number as much somebody as a time. */
const A_NAME_TOO =
  /^\S+\s(?:sun|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*)[\s.,!?]*$/i;
/** Of the day itself: what is asked for now is there then. */
const SOON =
  /^(?:(?:by|for|at|in|on|until|till?)\s+)?(?:right now|now|today|tonight|this (?:morning|afternoon|evening))[\s.!?]*$/i;
/** A longer end of it is no time any more. */
const MOST_WORDS = 10;

/**
 * "chen friday 3pm", "00123-4567 by monday": a time that ends what was typed, and what is before it. A
 * bare "may" or "sun" may be a name and a bare "12/4" a piece of a number, so those are no time.
 */
export const timeAtEnd = (
  typed: string,
  now: number,
  zone: string,
): { before: string; time: string } | undefined => {
  const words = typed.split(' ');
  for (let at = Math.max(0, words.length - MOST_WORDS); at < words.length; at += 1) {
    const [first = ''] = words.slice(at);
    const before = words.slice(0, at).join(' ');
    const time = words.slice(at).join(' ');
    const hasNumber = /\p{Nd}/u.test(before);
    const isLed = LEADS.test(first) && !(hasNumber && A_NAME_TOO.test(time));
    if (!isLed && IN_FILLER.test(first)) continue;
    const isClear =
      A_DAY.test(time) || (/\p{Nd}/u.test(time) && (!hasNumber || /[\p{L}:]/u.test(time)));
    if (!(isLed || isClear) || readTime(time, now, zone).kind === 'not-understood') continue;
    return SOON.test(time) ? undefined : { before: before.replace(/[\s,;:]+$/, ''), time };
  }
  return undefined;
};

const OF_A_TIME =
  /\p{Nd}|\b(?:day|days|weeks?|fortnight|months?|years?|today|tonight|tomorrow|tmrw|tom|(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|first|second|third|last|half|quarter|after|past|from)\b/iu;

/** Whether words before a time may change it: "on the 5th", "a week from". */
export const mayBeOfATime = (words: string): boolean => OF_A_TIME.test(words);

/** "Wednesday, Nov 25, 3:00 PM"; with the year where it is another one than that of `now`. */
export const spokenTime = (at: number, now: number, zone: string): string => {
  const year = (ms: number): string =>
    new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric' }).format(ms);
  const day = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'long',
    month: 'short',
    day: 'numeric',
    ...(year(at) === year(now) ? {} : { year: 'numeric' }),
  }).format(at);
  return `${day}, ${spokenHour(at, zone)}`;
};

/** "3:00 PM" */
export const spokenHour = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, hour: 'numeric', minute: '2-digit' })
    .format(at)
    .replaceAll('\u202F', ' ');

/** "EST": what tells an hour apart that comes twice. */
export const zoneName = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value ?? zone;
