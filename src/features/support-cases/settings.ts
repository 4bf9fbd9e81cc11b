import { channelId, key } from '#shared/setting.ts';

export const supportCaseSettings = {
  supportChannel: key({
    env: 'SUPPORT_CHANNEL',
    doc: 'Id of the channel of support: cases that people ask about come there.',
    schema: channelId.optional(),
    example: 'C0123456789',
  }),
};
