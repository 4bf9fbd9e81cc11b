import { exchangeDay, nextBusinessDay } from '#shared/calendar.ts';
import { instantOf } from '#shared/schedule.ts';
import type { Clock } from '#shared/clock.ts';

const ZONE = 'America/New_York';

/** The next business day, on whatever day a story is told; it goes on by itself and can be moved. */
export interface BusinessDay {
  clock: Clock;
  /** To this time of the firm's day, "HH:mm", never back. */
  moveTo: (time: string) => void;
}

export const businessDay = (begins: string): BusinessDay => {
  const day = nextBusinessDay(exchangeDay(Date.now()));
  let ahead = instantOf(day, begins, ZONE) - Date.now();
  return {
    clock: () => Date.now() + ahead,
    moveTo: (time) => {
      ahead = Math.max(ahead, instantOf(day, time, ZONE) - Date.now());
    },
  };
};
