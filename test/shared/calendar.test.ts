import { afterEach, describe, expect, it } from 'vitest';
import {
  businessDaysBefore,
  businessDaysBetween,
  exchangeDay,
  isBusinessDay,
  lastValuedDay,
} from '#shared/calendar.ts';

/** Weekdays on which the exchange was or will be closed, as its own yearly lists name them. */
const CLOSED = {
  2022: '01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26',
  2023: '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25',
  2024: '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25',
  2025: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
  2026: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
  2027: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
};

const daysOf = (year: number): string[] => {
  const days: string[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
};

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(day).getUTCDay());

describe('the exchange', () => {
  it.each(Object.entries(CLOSED))(
    'is closed in %s on these weekdays and no other',
    (year, list) => {
      const closed = daysOf(Number(year)).filter((day) => !isBusinessDay(day) && !isWeekend(day));
      expect(closed).toEqual(list.split(' ').map((day) => `${year}-${day}`));
    },
  );

  it('is closed at every weekend', () => {
    const open = daysOf(2026).filter((day) => isWeekend(day) && isBusinessDay(day));
    expect(open).toEqual([]);
  });

  it("does not move a New Year's Day on a Saturday into the old year", () => {
    expect(isBusinessDay('2021-12-31')).toBe(true);
    expect(isBusinessDay('2022-01-03')).toBe(true);
  });

  it('did not keep Juneteenth before 2022', () => {
    expect(isBusinessDay('2020-06-19')).toBe(true);
  });
});

describe('counting business days', () => {
  it.each([
    ['Friday from Monday', '2026-11-23', 1, '2026-11-20'],
    ['Friday from Sunday', '2026-11-22', 1, '2026-11-20'],
    ['the day before Thanksgiving from the day after', '2026-11-27', 1, '2026-11-25'],
    ['Christmas Eve from the first Monday of the year', '2027-01-04', 5, '2026-12-24'],
    ['nowhere with a count of none', '2026-11-22', 0, '2026-11-22'],
  ])('goes back to %s', (_, day, count, before) => {
    expect(businessDaysBefore(day, count)).toBe(before);
  });

  it('agrees with a walk from day to day, whatever the two days are', () => {
    const days = [...daysOf(2024), ...daysOf(2025), ...daysOf(2026)];
    const ends = days.filter((_, index) => index % 37 === 0);
    for (const from of ends)
      for (const to of ends)
        expect(businessDaysBetween(from, to)).toBe(
          days.filter((day) => day > from && day <= to && isBusinessDay(day)).length,
        );
  });

  it('says none when the second day is not later', () => {
    expect(businessDaysBetween('2026-11-20', '2026-11-20')).toBe(0);
    expect(businessDaysBetween('2026-11-20', '2026-11-02')).toBe(0);
  });

  it('does not walk through the centuries for the "no date" of a portal', () => {
    // Day by day, so many calls would not end within a test's time.
    for (let round = 0; round < 2000; round += 1)
      expect(businessDaysBetween('0001-01-01', '2026-11-20')).toBeGreaterThan(500_000);
  });
});

describe('the day at the exchange', () => {
  it.each([
    ['a summer evening in New York', '2026-07-01T03:59:59Z', '2026-06-30'],
    ['midnight of a summer night', '2026-07-01T04:00:00Z', '2026-07-01'],
    ['a winter evening in New York', '2026-12-01T04:59:59Z', '2026-11-30'],
    ['midnight of a winter night', '2026-12-01T05:00:00Z', '2026-12-01'],
    ['the last minute before clocks go forward', '2026-03-08T06:59:59Z', '2026-03-08'],
    ['the evening after they went forward', '2026-03-09T03:59:59Z', '2026-03-08'],
    ['the second one o’clock after they went back', '2026-11-01T06:30:00Z', '2026-11-01'],
    ['the evening after they went back', '2026-11-02T04:30:00Z', '2026-11-01'],
    ['New Year’s Eve', '2027-01-01T04:59:00Z', '2026-12-31'],
  ])('at %s', (_, instant, day) => {
    expect(exchangeDay(Date.parse(instant))).toBe(day);
  });
});

describe('on a machine in another time zone', () => {
  const home = process.env['TZ'];
  afterEach(() => {
    if (home === undefined) delete process.env['TZ'];
    else process.env['TZ'] = home;
  });

  it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kolkata', 'America/New_York'])(
    '%s, the calendar is the same',
    (zone) => {
      process.env['TZ'] = zone;
      expect(new Date(0).getTimezoneOffset()).not.toBe(0);
      const now = Date.parse('2026-11-23T02:00:00Z');
      expect(exchangeDay(now)).toBe('2026-11-22');
      expect(lastValuedDay(now)).toBe('2026-11-20');
      expect(businessDaysBetween('2026-11-20', '2026-12-28')).toBe(24);
      expect(daysOf(2026).filter(isBusinessDay)).toHaveLength(251);
    },
  );
});
