import type { Drawings } from '#features/notifications/messages.ts';
import { keepCalendars, type CalendarDoubt } from './calendar/plan.ts';
import type { Problem } from './calendar/problem.ts';
import { CALENDAR_CLICKS, calendarGivenBy } from './calendar/slack.ts';
import { calendarBroken, calendarDoubt } from './calendar/words.ts';
import { meetingCard } from './card.ts';
import type { MeetingSummary } from './summary.ts';
import { meetingWarning } from './warning.ts';
import type { Feature } from '#slack/feature.ts';
import { meetingClicks, meetingsTyped, timeChosen } from './slack.ts';
import { keepMeetings } from './steps.ts';
import { watchZones } from './zones/zones.ts';
import type { MeetingWarning } from './store.ts';

export const meetings = (status: Parameters<typeof meetingClicks>[0]): Feature => ({
  commands: {
    meetings: {
      help: [['meetings', 'what will be ready before you meet, and your calendar']],
      run: meetingsTyped,
    },
    meeting: { asTyped: true, run: meetingsTyped },
  },
  clicks: [...meetingClicks(status), ...CALENDAR_CLICKS],
  submissions: [timeChosen, calendarGivenBy],
  listen: [watchZones],
  sweep: (deps) => [
    { name: 'calendars', run: () => keepCalendars(deps) },
    { name: 'meetings', run: () => keepMeetings(deps) },
  ],
  notifications: {
    meeting: (about, settings) => [meetingCard(about, settings)],
    'meeting-link': (about, settings) => [meetingWarning(about, settings)],
    'calendar-doubt': (about) => [calendarDoubt(about)],
    'calendar-broken': (about) => [calendarBroken(about)],
  } satisfies Partial<Drawings>,
});

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    /** To who meets a contact: logins to link, the evening before. */
    'meeting-link': MeetingWarning;
    /** To who meets a contact: the summary. */
    meeting: MeetingSummary;
    /** To who gave a calendar: whom an event of it means. */
    'calendar-doubt': CalendarDoubt;
    /** To who gave a calendar that cannot be read. */
    'calendar-broken': { problem: Problem };
  }
}
