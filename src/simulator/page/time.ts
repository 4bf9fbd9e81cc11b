import { richDate } from '#simulator/workspace/mrkdwn.ts';

/** A message's ts is seconds with a fraction that orders messages of the same second. */
export const dateOf = (ts: string): Date => new Date(Number(ts) * 1000);

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', month: 'long', day: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export const formatClock = (date: Date): string => clock.format(date);
export const formatFull = (date: Date): string => full.format(date);

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

export const sameDay = (one: Date, other: Date): boolean => startOfDay(one) === startOfDay(other);

/** How many days before `now` it is. Rounded, since a day of the clock change has 23 or 25 hours. */
const daysBefore = (date: Date, now: Date): number =>
  Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000);

/** `Today`, `Yesterday`, else the day in full. */
export const formatDay = (date: Date, now: Date = new Date()): string => {
  const days = daysBefore(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return day.format(date);
};

const NEAR: Partial<Record<number, string>> = { [-1]: 'tomorrow', 0: 'today', 1: 'yesterday' };

/** A date token of Slack's: its day begins with a capital where the token begins with it. */
export const formatToken = (seconds: number, format: string, now: Date = new Date()): string => {
  const near = NEAR[daysBefore(new Date(seconds * 1000), now)];
  const said =
    near === undefined
      ? format
      : format.replaceAll(/\{date(?:_short|_long)?_pretty\}/g, (_token, offset: number) =>
          offset === 0 ? near.slice(0, 1).toUpperCase() + near.slice(1) : near,
        );
  return richDate(seconds, said, Intl.DateTimeFormat().resolvedOptions().timeZone);
};
