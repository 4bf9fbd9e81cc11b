import { channelId, key, type Settings } from '#shared/setting.ts';

export const notificationSettings = {
  operatorsChannel: key({
    env: 'OPERATORS_CHANNEL',
    doc: 'Id of the channel where operators are told of a carrier that is paused; by default SUPPORT_CHANNEL.',
    schema: channelId.optional(),
    example: 'C0123456789',
  }),
};

export type OperatorSettings = Settings<typeof notificationSettings>;
