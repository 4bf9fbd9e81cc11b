import { describe, expect, it } from 'vitest';
import { beforeMeeting } from '#core/requests/meeting-words.ts';
import { meetingStep, nextLook, planMeeting, type MeetingSteps } from '#features/meetings/rules.ts';
import {
  productLines,
  otherMoves,
  seriesOf,
  type MetPolicy,
} from '#features/meetings/summary-rules.ts';
import { readTime, spokenTime, timeAtEnd, zoneName } from '#shared/typed-time.ts';

const NEW_YORK = 'America/New_York';
const LOS_ANGELES = 'America/Los_Angeles';
/** 10:00 in New York, 7:00 in Los Angeles. */
const TUESDAY = Date.parse('2026-11-24T15:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();

const read = (text: string, zone = NEW_YORK, now = TUESDAY): string => {
  const time = readTime(text, now, zone);
  if (time.kind === 'time') return iso(time.at);
  return time.kind === 'several' ? time.readings.map(iso).join(' or ') : time.kind;
};

describe('a time that a person types', () => {
  it.each([
    ['tomorrow 3pm', '2026-11-25T20:00:00.000Z'],
    ['at 3pm tomorrow', '2026-11-25T20:00:00.000Z'],
    ['Wednesday 3:30 pm', '2026-11-25T20:30:00.000Z'],
    ['the meeting on Friday at 10am', '2026-11-27T15:00:00.000Z'],
    ['in 2 hours', '2026-11-24T17:00:00.000Z'],
    ['in 90 minutes', '2026-11-24T16:30:00.000Z'],
    ['Nov 25 15:00', '2026-11-25T20:00:00.000Z'],
    ['2026-11-25 09:00', '2026-11-25T14:00:00.000Z'],
    ['noon tomorrow', '2026-11-25T17:00:00.000Z'],
    ['9am', '2026-11-25T14:00:00.000Z'],
    ['4pm', '2026-11-24T21:00:00.000Z'],
    ['tomorrow 15', '2026-11-25T20:00:00.000Z'],
    ['tues @ 3p', '2026-11-24T20:00:00.000Z'],
    ['weds 10a', '2026-11-25T15:00:00.000Z'],
    ['12-4 3pm', '2026-12-04T20:00:00.000Z'],
    ['tomorow at 3pm please', '2026-11-25T20:00:00.000Z'],
    ['tom 3pm', '2026-11-25T20:00:00.000Z'],
    ['3pm tom', '2026-11-25T20:00:00.000Z'],
    ['tom @ 3p', '2026-11-25T20:00:00.000Z'],
    ['tomorrow 9', '2026-11-25T14:00:00.000Z or 2026-11-26T02:00:00.000Z'],
    ['9 on friday', '2026-11-27T14:00:00.000Z or 2026-11-28T02:00:00.000Z'],
  ])('"%s" is one time', (text, at) => {
    expect(read(text)).toBe(at);
  });

  it('is read by the clock of the person', () => {
    expect(read('tomorrow 3pm', LOS_ANGELES)).toBe('2026-11-25T23:00:00.000Z');
    expect(read('tomorrow 3pm', 'Asia/Kolkata')).toBe('2026-11-25T09:30:00.000Z');
    expect(read('today 11pm', 'Asia/Tokyo', Date.parse('2026-11-24T13:00:00Z'))).toBe(
      '2026-11-24T14:00:00.000Z',
    );
    expect(read('3pm PT')).toBe('2026-11-24T23:00:00.000Z');
  });

  it('keeps to the clock over the end of summer time', () => {
    const friday = Date.parse('2026-10-30T14:00:00Z');
    expect(read('Monday 9am', NEW_YORK, friday)).toBe('2026-11-02T14:00:00.000Z');
    expect(read('today 3pm', NEW_YORK, friday)).toBe('2026-10-30T19:00:00.000Z');
    const saturday = Date.parse('2026-11-01T03:00:00Z');
    expect(read('in 12 hours', NEW_YORK, saturday)).toBe('2026-11-01T15:00:00.000Z');
  });

  it('that comes twice, or not at all, is asked again', () => {
    expect(read('Nov 1 1:30am', NEW_YORK, Date.parse('2026-10-30T14:00:00Z'))).toBe(
      '2026-11-01T05:30:00.000Z or 2026-11-01T06:30:00.000Z',
    );
    expect(read('March 14 2:30am', NEW_YORK, Date.parse('2027-03-10T14:00:00Z'))).toBe('skipped');
  });

  it('without the half of the day is asked again, and only what is ahead is offered', () => {
    expect(read('tomorrow at 3')).toBe('2026-11-25T08:00:00.000Z or 2026-11-25T20:00:00.000Z');
    expect(read('today at 11')).toBe('2026-11-24T16:00:00.000Z or 2026-11-25T04:00:00.000Z');
    expect(read('today at 9')).toBe('2026-11-25T02:00:00.000Z');
    const nine = '2026-11-25T14:00:00.000Z or 2026-11-26T02:00:00.000Z';
    for (const text of ['tomorrow 9', '9 tomorrow', 'Wednesday 9', 'wed 9'])
      expect(read(text)).toBe(nine);
    expect(read('tomorrow 15')).toBe('2026-11-25T20:00:00.000Z');
    expect(read('Nov 25')).toBe('no-hour');
  });

  it('is the same on a machine in whatever zone', () => {
    const zone = process.env['TZ'];
    const texts = ['Tuesday 9am', 'Monday 9am', 'Nov 24 9am', 'Nov 23 11pm', '9am', 'at 11', '4pm'];
    const readings = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland'].map((TZ) => {
      process.env['TZ'] = TZ;
      return texts.map((text) => readTime(text, TUESDAY, NEW_YORK));
    });
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    for (const reading of readings) expect(reading).toEqual(readings[0]);
    expect(readings[0]?.map(({ kind }) => kind)).toEqual([
      'past',
      'time',
      'past',
      'time',
      'time',
      'several',
      'time',
    ]);
  });

  it('without an hour, in the past, or that is no time at all is asked again', () => {
    expect(read('Friday')).toBe('no-hour');
    expect(read('tomorrow')).toBe('no-hour');
    expect(read('tomorrow morning')).toBe('no-hour');
    expect(read('yesterday 3pm')).toBe('past');
    expect(read('today 9am')).toBe('past');
    expect(readTime('Tuesday 9am', TUESDAY, NEW_YORK)).toMatchObject({
      kind: 'past',
      instead: [Date.parse('2026-12-01T14:00:00Z')],
    });
    expect(read('Nov 25 2031 3pm')).toBe('too-far');
    for (const text of ['', '3', 'soon', 'half past three tomorrow', 'tomorrow 3pm with 2 kids'])
      expect(read(text)).toBe('not-understood');
    expect(read('tomorrow 3pm or Friday 4pm')).toBe(
      '2026-11-25T20:00:00.000Z or 2026-11-27T21:00:00.000Z',
    );
  });

  it('of a weekday that has passed is the same hour a week later, across a change of the clocks', () => {
    const friday = Date.parse('2026-10-30T20:30:00Z');
    expect(readTime('Friday 3pm', friday, NEW_YORK)).toEqual({
      kind: 'past',
      at: Date.parse('2026-10-30T19:00:00Z'),
      instead: [Date.parse('2026-11-06T20:00:00Z')],
    });
    // In the afternoon nobody means 3 AM of that day.
    expect(readTime('Friday at 3', friday, NEW_YORK)).toEqual({
      kind: 'past',
      at: Date.parse('2026-10-30T19:00:00Z'),
      instead: [Date.parse('2026-11-06T08:00:00Z'), Date.parse('2026-11-06T20:00:00Z')],
    });
  });

  it('is said in words', () => {
    const at = Date.parse('2026-11-25T20:00:00Z');
    expect(spokenTime(at, TUESDAY, NEW_YORK)).toBe('Wednesday, Nov 25, 3:00 PM');
    expect(spokenTime(at, TUESDAY, LOS_ANGELES)).toBe('Wednesday, Nov 25, 12:00 PM');
    expect(spokenTime(Date.parse('2027-01-04T15:00:00Z'), TUESDAY, NEW_YORK)).toContain('2027');
    expect(zoneName(at, NEW_YORK)).toBe('EST');
  });
});

describe('a time at the end of what is typed', () => {
  it.each([
    ['chen by friday 3pm', 'chen', 'by friday 3pm'],
    ['chen friday 3pm', 'chen', 'friday 3pm'],
    ['friday 3pm', '', 'friday 3pm'],
    ['00123-4567 for friday 3pm', '00123-4567', 'for friday 3pm'],
    ['00123-4567 12/4 3pm', '00123-4567', '12/4 3pm'],
    ['chen 12/4', 'chen', '12/4'],
    ['chen at 3', 'chen', 'at 3'],
    ['chen in 2 hours', 'chen', 'in 2 hours'],
    ['chen, monday morning', 'chen', 'monday morning'],
    ['00123-4567 tomorrow', '00123-4567', 'tomorrow'],
    ['margaret sharp friday 3pm', 'margaret sharp', 'friday 3pm'],
    ['margaret chen call on friday', 'margaret chen call', 'on friday'],
    ['00123-4567 tom 3pm', '00123-4567', 'tom 3pm'],
    ['00123-4567 for fri', '00123-4567', 'for fri'],
    ['00123-4567 on june 5', '00123-4567', 'on june 5'],
    ['margaret for april', 'margaret', 'for april'],
  ])('"%s" is of %s', (typed, before, time) => {
    expect(timeAtEnd(typed, TUESDAY, NEW_YORK)).toEqual({ before, time });
  });

  it.each([
    'chen',
    'carter june',
    'li sun',
    '00123-4567',
    '00123 4567',
    '00123-4567 12/4',
    '00123-4567 00312-9085',
    'MA 133392 E',
    'chen today',
    '00123-4567 by tonight',
    '00123-4567 now',
    '00123-4567 for Tom',
    '00123-4567 for April',
    '00123-4567 by june',
    '00123-4567 for Sun',
    'margaret for tom',
  ])('is none in "%s"', (typed) => {
    expect(timeAtEnd(typed, TUESDAY, NEW_YORK)).toBeUndefined();
  });

  it('of a morning that is over is that of the next week', () => {
    const noon = Date.parse('2026-11-30T18:00:00Z');
    expect(readTime('monday morning', noon, NEW_YORK)).toEqual({
      kind: 'no-hour',
      near: Date.parse('2026-12-07T14:00:00Z'),
    });
  });
});

it('a command with "before" names a contact and a time', () => {
  expect(beforeMeeting('margaret chen before tomorrow 3pm')).toEqual({
    query: 'margaret chen',
    before: 'tomorrow 3pm',
  });
  expect(beforeMeeting('before 3pm')).toEqual({ query: '', before: '3pm' });
  expect(beforeMeeting('chen BEFORE')).toEqual({ query: 'chen', before: '' });
  expect(beforeMeeting('beforeman')).toBeUndefined();
});

describe('the plan of a meeting', () => {
  const plan = (at: string, work = 2, now = TUESDAY) => {
    const { warnAt, refreshAt, cutoffAt } = planMeeting(
      { at: Date.parse(at), zone: NEW_YORK },
      now,
      work,
    );
    return [warnAt, refreshAt, cutoffAt].map(iso);
  };

  it('warns the evening before, refreshes on the day, and tells half an hour before', () => {
    expect(plan('2026-11-25T20:00:00Z')).toEqual([
      '2026-11-24T23:00:00.000Z',
      '2026-11-25T16:56:00.000Z',
      '2026-11-25T19:30:00.000Z',
    ]);
  });

  it('does not read in the night what is yesterday’s, unless the morning is too short', () => {
    expect(plan('2026-11-25T12:30:00Z')[1]).toBe('2026-11-25T10:00:00.000Z');
    expect(plan('2026-11-25T11:00:00Z')[1]).toBe('2026-11-25T09:26:00.000Z');
    expect(plan('2026-11-25T05:30:00Z')[1]).toBe('2026-11-25T03:56:00.000Z');
  });

  it('begins earlier for what takes longer', () => {
    expect(plan('2026-11-25T20:00:00Z', 60)[1]).toBe('2026-11-25T15:00:00.000Z');
  });

  it('begins at once when the meeting is soon', () => {
    expect(plan('2026-11-24T15:30:00Z').slice(1)).toEqual([
      '2026-11-24T15:00:00.000Z',
      '2026-11-24T15:20:00.000Z',
    ]);
  });

  it('keeps to the wall clock of a day on which the clocks change', () => {
    expect(plan('2026-11-01T15:00:00Z', 2, Date.parse('2026-10-30T14:00:00Z'))).toEqual([
      '2026-10-31T22:00:00.000Z',
      '2026-11-01T11:56:00.000Z',
      '2026-11-01T14:30:00.000Z',
    ]);
  });
});

describe('the steps of a meeting', () => {
  const at = Date.parse('2026-11-25T20:00:00Z');
  const HOUR = 60 * 60_000;
  const planned: MeetingSteps = {
    at,
    warnAt: at - 20 * HOUR,
    refreshAt: at - 3 * HOUR,
    cutoffAt: at - HOUR / 2,
    warnedAt: null,
    refreshedAt: null,
    retriedAt: null,
    cardAt: null,
  };
  const step = (when: number, done: Partial<MeetingSteps> = {}, { open = 0, passing = 0 } = {}) =>
    meetingStep({ ...planned, ...done }, { open, passing }, at + when * HOUR);

  it('come in their order', () => {
    expect(step(-30)).toBe('wait');
    expect(step(-20)).toBe('warn');
    expect(step(-19, { warnedAt: 1 })).toBe('wait');
    expect(step(-3, { warnedAt: 1 })).toBe('refresh');
    const refreshed = { warnedAt: 1, refreshedAt: at - 3 * HOUR };
    expect(step(-2.9, refreshed, { open: 2 })).toBe('wait');
    expect(step(-2.9, refreshed)).toBe('card');
    expect(step(-2.9, refreshed, { passing: 1 })).toBe('wait');
    expect(step(-1.5, refreshed, { passing: 1 })).toBe('retry');
    expect(step(-1.4, { ...refreshed, retriedAt: 1 }, { open: 1 })).toBe('wait');
    expect(step(-1.4, { ...refreshed, retriedAt: 1 }, { passing: 1 })).toBe('card');
    expect(step(-0.5, refreshed, { open: 2, passing: 1 })).toBe('card');
    expect(step(-0.4, { ...refreshed, cardAt: 1 }, { open: 2 })).toBe('update');
    expect(step(0, { ...refreshed, cardAt: 1 })).toBe('end');
  });

  it('are made up for after a downtime, without those that have lost their sense', () => {
    expect(step(-5)).toBe('warn');
    expect(step(-2)).toBe('refresh');
    expect(step(1)).toBe('card');
    expect(step(1, { cardAt: 1 })).toBe('end');
    expect(step(1, { refreshedAt: 1 }, { open: 3 })).toBe('card');
  });

  it('are looked at when the next is due', () => {
    expect(nextLook(planned, at - 30 * HOUR)).toBe(planned.warnAt);
    expect(nextLook({ ...planned, warnedAt: 1 }, at - 19 * HOUR)).toBe(planned.refreshAt);
    expect(nextLook({ ...planned, refreshedAt: 1 }, at - HOUR)).toBe(at - HOUR + 10_000);
  });
});

describe('what a summary counts', () => {
  const then = { at: Date.parse('2026-11-01T12:00:00Z'), orFirst: false };
  const value = (name: string, dollars: number, asOf: string, observedAt = Date.parse(asOf)) => ({
    name,
    amount: { minor: dollars * 100, currency: 'USD' },
    asOf,
    observedAt,
  });
  const policy = (
    number: string,
    productClass: MetPolicy['productClass'],
    values: MetPolicy['values'],
  ): MetPolicy => ({
    number,
    carrierName: 'Northbridge Life',
    productName: 'Harbor Select',
    productClass,
    values,
    read: true,
    doubt: null,
  });
  const policies = [
    policy('A', 'variable', [
      value('Account Value', 110, '2026-11-20'),
      value('Account Value', 100, '2026-10-20'),
      value('Death Benefit', 500, '2026-11-20'),
      value('Death Benefit', 400, '2026-10-20'),
    ]),
    policy('B', 'variable', [
      value('Account Value', 60, '2026-11-19'),
      value('Account Value', 50, '2026-11-02'),
    ]),
    policy('C', 'term', [value('Face Value', 900, '2026-01-01')]),
    policy('D', 'term', []),
  ];

  it('is by product line, with what is worth most to the owner and the change since the last one', () => {
    const lines = productLines(policies, then);
    expect(lines.map(({ name }) => name)).toEqual(['Variable annuities and life', 'Term life']);
    expect(lines[0]?.totals).toEqual([
      { name: 'Account Value', policies: 2, amount: { minor: 17_000, currency: 'USD' } },
    ]);
    expect(lines[0]?.policies.map(({ before }) => before?.minor)).toEqual([10_000, undefined]);
    expect(lines[1]?.policies.map((line) => line.value?.name)).toEqual(['Face Value', undefined]);
    const first = productLines(policies, { ...then, orFirst: true });
    expect(first[0]?.policies.map(({ before }) => before?.minor)).toEqual([10_000, 5000]);
    expect(otherMoves(policies, then)).toMatchObject([
      { number: 'A', name: 'Death Benefit', from: { minor: 40_000 }, to: { minor: 50_000 } },
    ]);
  });

  it('draws a line from the day on which every policy of it has a value', () => {
    expect(seriesOf(policies)).toEqual({
      currency: 'USD',
      series: [
        {
          name: 'Variable',
          points: [
            { day: '2026-11-02', value: 15_000 },
            { day: '2026-11-19', value: 16_000 },
            { day: '2026-11-20', value: 17_000 },
          ],
        },
      ],
    });
    expect(seriesOf(policies.slice(2))).toBeUndefined();
  });
});
