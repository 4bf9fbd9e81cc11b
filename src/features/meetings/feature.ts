import type { Drawings } from '#features/notifications/messages.ts';
import { meetingCard } from './card.ts';
import type { MeetingSummary } from './summary.ts';
import { meetingWarning } from './warning.ts';
import type { Feature } from '#slack/feature.ts';
import { meetingClicks, timeChosen } from './slack.ts';
import { keepMeetings } from './steps.ts';
import type { MeetingWarning } from './store.ts';

export const meetings = (status: Parameters<typeof meetingClicks>[0]): Feature => ({
  clicks: meetingClicks(status),
  submissions: [timeChosen],
  sweep: (deps) => [{ name: 'meetings', run: () => keepMeetings(deps) }],
  notifications: {
    meeting: (about, settings) => [meetingCard(about, settings)],
    'meeting-link': (about, settings) => [meetingWarning(about, settings)],
  } satisfies Partial<Drawings>,
});

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    /** To who meets a contact: logins to link, the evening before. */
    'meeting-link': MeetingWarning;
    /** To who meets a contact: the summary. */
    meeting: MeetingSummary;
  }
}
