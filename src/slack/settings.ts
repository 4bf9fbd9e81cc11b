import { address, key, oneOf, secret, text } from '#shared/setting.ts';

export const slackSettings = {
  slackBotToken: key({
    env: 'SLACK_BOT_TOKEN',
    doc: 'Token of the installed Slack app. Without tokens the local workspace runs.',
    schema: secret(/^xoxb-\S+$/, 'does not begin with xoxb-').optional(),
    example: 'xoxb-…',
  }),
  slackAppToken: key({
    env: 'SLACK_APP_TOKEN',
    doc: 'App-level token with connections:write: the bot connects by Socket Mode.',
    schema: secret(/^xapp-\S+$/, 'does not begin with xapp-').optional(),
    example: 'xapp-…',
  }),
  slackSigningSecret: key({
    env: 'SLACK_SIGNING_SECRET',
    doc: 'Signing secret: Slack calls the bot over HTTP instead.',
    schema: secret(/^[\w-]{16,}$/, 'is too short').optional(),
    example: '32 hexadecimal digits',
  }),
  slackApiUrl: key({
    env: 'SLACK_API_URL',
    doc: "Another address for Slack's Web API, for tests.",
    schema: address.transform((value) => `${value}/`).optional(),
    example: 'http://127.0.0.1:4000/api/',
  }),
  command: key({
    env: 'SYNC_COMMAND',
    doc: 'Name of the slash command, as in the manifest.',
    schema: text(/^\/[a-z0-9_-]{1,31}$/, 'is not the name of a slash command'),
    default: '/sync',
    example: '/swivel',
  }),
  threads: key({
    env: 'SYNC_THREADS',
    doc: "Where a request's thread is: the channel it was typed in, or the person's DM.",
    schema: oneOf(['channel', 'dm']),
    default: 'channel',
    example: 'dm',
  }),
  channelValues: key({
    env: 'CHANNEL_VALUES',
    doc: 'In channels: `hidden` masks policy numbers and leaves amounts to the DM. The local workspace shows them.',
    schema: oneOf(['shown', 'hidden']),
    default: 'hidden',
    example: 'shown',
  }),
};
