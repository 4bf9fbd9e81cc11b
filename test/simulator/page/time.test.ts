import { expect, it } from 'vitest';
import { formatToken } from '#simulator/page/time.ts';

const NOW = new Date(2026, 10, 20, 17, 0);
const at = (day: number): number => new Date(2026, 10, day, 9, 5).getTime() / 1000;

it.each([
  [20, '{date_short_pretty} at {time}', 'Today at 9:05 AM'],
  [20, 'until {date_short_pretty} at {time}', 'until today at 9:05 AM'],
  [19, '{date_short_pretty}', 'Yesterday'],
  [21, 'ends {date_pretty}', 'ends tomorrow'],
  [3, 'until {date_short_pretty}', 'until Nov 3, 2026'],
])('says day %i as Slack does in "%s"', (day, format, said) => {
  expect(formatToken(at(day), format, NOW)).toBe(said);
});
