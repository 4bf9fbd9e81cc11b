import { key, timeOfDay } from '#shared/setting.ts';

export const linkReminderSettings = {
  warnAt: key({
    env: 'WARN_AT',
    doc: 'When people are told of logins that need them today or soon, one message each.',
    schema: timeOfDay,
    default: '08:00',
    example: '08:00',
  }),
};
