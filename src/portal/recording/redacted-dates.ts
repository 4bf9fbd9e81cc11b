import type { StandIns } from './stand-ins.ts';

/**
 * Dates in a text. One of the last thirteen months, or of the next two, may be an as-of date and
 * stays; another one (a birth, an issue date) becomes a made-up day written in the same way.
 */
const MONTHS =
  'january february march april may june july august september october november december'
    .split(' ')
    .map((name) => name.slice(0, 3));
const MONTH = String.raw`(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`;

/** Without flags and groups, to be part of a larger expression. */
export const DATE = [
  String.raw`\d{4}-\d{1,2}-\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?`,
  String.raw`\d{4}/\d{1,2}/\d{1,2}`,
  String.raw`\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})`,
  String.raw`\d{1,2}\.\d{1,2}\.\d{4}`,
  String.raw`\d{1,2}-\d{1,2}-\d{4}`,
  String.raw`${MONTH}\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}`,
  String.raw`\d{1,2}(?:st|nd|rd|th)?[\s-]${MONTH}[\s-]\d{4}`,
].join('|');

const DAY = 86_400_000;
const BACK = 400 * DAY;
const AHEAD = 62 * DAY;

/** The days it may mean, epoch ms: 03/04/2026 is one of March and one of April. */
const meant = (text: string): number[] => {
  const named = MONTHS.findIndex((name) => text.toLowerCase().includes(name));
  const numbers = (text.split('T')[0]?.match(/\d+/g) ?? []).map(Number);
  if (named >= 0) {
    const [day = 0, year = 0] = numbers;
    return [Date.UTC(year, named, day)];
  }
  const [a = 0, b = 0, c = 0] = numbers;
  if (a > 31) return [Date.UTC(a, b - 1, c)];
  const year = c < 100 ? 2000 + c : c;
  return [
    ...(a <= 12 ? [Date.UTC(year, a - 1, b)] : []),
    ...(b <= 12 ? [Date.UTC(year, b - 1, a)] : []),
  ];
};

export const isRecent = (text: string, now: number): boolean =>
  meant(text).some((day) => day > now - BACK && day < now + AHEAD);

/** Another day, in the same format. */
export const madeUpDate = (text: string, standIns: StandIns): string => {
  const { month, ...made } = standIns.day(text);
  const { day } = made;
  // Never the year that it stands for.
  const year = text.includes(String(made.year)) ? made.year + 1 : made.year;
  const [date = text] = /^\d{4}-\d/.test(text) ? text.split('T') : [text];
  const monthName = MONTHS[month - 1] ?? 'jan';
  let part = 0;
  const wanted = /^\d{4}/.test(date) ? [year, month, day] : [month, day, year];
  // Day first or month first is told by which of them can be a month; both stand-ins can.
  const named = /[a-z]{3}/i.test(date.replaceAll(/(?<=\d)(st|nd|rd|th)\b/gi, ''));
  const numbers = named
    ? [day, year]
    : wanted.map((each, at) => (at === 1 ? Math.min(each, 12) : each));
  return date
    .replaceAll(
      new RegExp(MONTH, 'gi'),
      () => monthName.charAt(0).toUpperCase() + monthName.slice(1),
    )
    .replaceAll(/\d+/g, (digits) => {
      const made = String(numbers[part++] ?? 1);
      return digits.length >= 4 ? made : made.slice(-2).padStart(digits.length, '0');
    });
};
