/** Calendars as Google and Outlook write them. */
const EVENT_ZONE = `BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE`;

interface Written {
  title: string;
  /** "20261124T150000Z", or local with a zone in `zone`. */
  start: string;
  zone?: string;
  uid?: string;
  more?: string;
}

const eventOf = ({ title, start, zone, uid, more }: Written, index: number): string => {
  const isDay = start.length === 8;
  const param = isDay ? ';VALUE=DATE' : zone === undefined ? '' : `;TZID=${zone}`;
  return [
    'BEGIN:VEVENT',
    `UID:${uid ?? `event-${index}@calendar.example`}`,
    'DTSTAMP:20261101T000000Z',
    `DTSTART${param}:${start}`,
    ...(isDay ? [] : ['DURATION:PT1H']),
    `SUMMARY:${title}`,
    ...(more === undefined ? [] : [more]),
    'END:VEVENT',
  ].join('\n');
};

export const calendarOfEvents = (events: readonly Written[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Test//EN',
    EVENT_ZONE,
    ...events.map(eventOf),
    'END:VCALENDAR',
    '',
  ]
    .join('\n')
    .replaceAll('\n', '\r\n');

export const meetingOf = (event: Written): string => calendarOfEvents([event]);

const DAY = 24 * 60 * 60_000;
const pad = (n: number): string => String(n).padStart(2, '0');

/** The day so many days after `now`, as a calendar writes it. */
const dayAt = (now: number, days: number): string => {
  const day = new Date(now + days * DAY);
  return `${day.getUTCFullYear()}${pad(day.getUTCMonth() + 1)}${pad(day.getUTCDate())}`;
};

/** Twenty events around `now`; contacts are of the seed, in Ana's book. */
export const twentyEvents = (now: number): string => {
  const on = (days: number, time: string): string => `${dayAt(now, days)}T${time}`;
  const zone = 'America/New_York';
  const weekly = { uid: 'weekly@calendar.example', zone, title: 'Weekly: Margaret Chen' };
  const first = dayAt(now, 1 - 21);
  return calendarOfEvents([
    {
      ...weekly,
      start: `${first}T100000`,
      more: `RRULE:FREQ=WEEKLY\nEXDATE;TZID=${zone}:${on(8, '100000')}`,
    },
    { ...weekly, start: on(1, '130000'), more: `RECURRENCE-ID;TZID=${zone}:${on(1, '100000')}` },
    {
      title: 'Standing call Beatriz Coelho',
      zone,
      start: on(-14, '090000'),
      more: `RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\nEXDATE;TZID=${zone}:${on(0, '090000')}`,
    },
    { title: 'Tokyo: Siobhán O’Brien', zone: 'Asia/Tokyo', start: on(2, '090000') },
    { title: 'Birthday of Margaret Chen', start: dayAt(now, 2) },
    { title: 'Cancelled: Margaret Chen', start: on(2, '150000Z'), more: 'STATUS:CANCELLED' },
    { title: 'Long ago', start: '20200101T150000Z' },
    { title: 'Far ahead: Margaret Chen', start: on(60, '150000Z') },
    {
      title: 'Review',
      start: on(3, '170000Z'),
      more: 'ATTENDEE;CN=Twin One:mailto:twin.one@example.com',
    },
    { title: 'Twin Testman', start: on(3, '200000Z') },
    { title: 'Lunch with Twin', start: on(4, '170000Z') },
    {
      title: 'Planning',
      start: on(4, '190000Z'),
      more: 'DESCRIPTION:With Margaret Chen\\, by phone',
    },
    { title: 'Dentist', start: on(1, '140000Z') },
    { title: 'Team meeting', start: on(1, '150000Z'), more: 'RRULE:FREQ=DAILY;COUNT=10' },
    { title: 'Gym', start: on(2, '220000Z') },
    { title: 'Vacation', start: dayAt(now, 6), more: `DTEND;VALUE=DATE:${dayAt(now, 12)}` },
    { title: 'Webinar', start: on(3, '150000Z') },
    { title: 'Carrier day', start: dayAt(now, 4) },
    { title: 'Interview', start: on(5, '150000Z') },
    { title: 'School play', start: on(5, '230000Z') },
  ]);
};
