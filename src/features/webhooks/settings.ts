import { address, key, secret } from '#shared/setting.ts';

export const webhookSettings = {
  webhookUrl: key({
    env: 'WEBHOOK_URL',
    doc: 'Address that is told of each finished sync, and of each status or number corrected in Slack.',
    schema: address.optional(),
    example: 'https://crm.example.com/hooks/swivel-sync',
  }),
  webhookSecret: key({
    env: 'WEBHOOK_SECRET',
    doc: 'Key that signs what goes to WEBHOOK_URL: 24 to 64 bytes as base64, after `whsec_`.',
    schema: secret(
      /^(whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$/,
      'is not base64 of 24 to 64 bytes',
    ).optional(),
    example: 'whsec_…',
  }),
};
