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

/** `Today`, `Yesterday`, else the day in full. */
export const formatDay = (date: Date, now: Date = new Date()): string => {
  // Rounded, since a day of the clock change has 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return day.format(date);
};
