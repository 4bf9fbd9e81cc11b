import { key, text } from '#shared/setting.ts';

export const meetingSettings = {
  calendarHosts: key({
    env: 'CALENDAR_HOSTS',
    doc: 'Hosts of calendars that may lie at addresses that are not public, such as your own server; commas between them.',
    schema: text(/^[a-z0-9.:,[\]-]*$/i, 'is not a list of host names').transform((hosts) =>
      hosts.toLowerCase().split(',').filter(Boolean),
    ),
    default: '',
    example: 'calendar.firm.example',
  }),
};
