import { key, timeOfDay } from '#shared/setting.ts';

export const dailySyncSettings = {
  dayAt: key({
    env: 'DAY_AT',
    doc: "When the firm's day begins: the background work of all linked logins is queued.",
    schema: timeOfDay,
    default: '02:00',
    example: '02:00',
  }),
};
