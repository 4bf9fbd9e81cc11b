import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';

/** A real Bolt app over Socket Mode against the local workspace. */
let slack: LocalWorkspace;
let client: LocalClient;
let app: App;

const boltFor = ({ appToken, botToken, apiUrl }: LocalWorkspace): App =>
  new App({
    token: botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
    receiver: new SocketModeReceiver({
      appToken,
      logLevel: LogLevel.ERROR,
      clientPingTimeout: 500,
      installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    }),
  });

beforeEach(async () => {
  slack = await startWorkspace();
  client = connectClient(slack.url);
  app = boltFor(slack);
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

it('a command is answered only to the person who typed it', async () => {
  app.command('/sync', async ({ ack, command }) => {
    await ack(`You asked for ${command.text} in ${command.channel_name}`);
  });
  await app.start();
  expect(await client.command('ana', 'team', '/sync policy 00123-4567')).toMatchObject({
    ok: true,
  });
  const [answer] = await client.messages('ana', 'team');
  expect(answer).toMatchObject({
    text: 'You asked for policy 00123-4567 in team',
    ephemeral: true,
  });
  expect(await client.messages('ben', 'team')).toEqual([]);
});

it('a click reaches the app, which updates the message and replies in its thread', async () => {
  app.command('/sync', async ({ ack, client, command }) => {
    await ack();
    await client.chat.postMessage({
      channel: command.channel_id,
      text: 'Queued',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: '*Queued*' } },
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'cancel',
              text: { type: 'plain_text', text: 'Cancel' },
              value: '17',
            },
          ],
        },
      ],
    });
  });
  app.action('cancel', async ({ ack, action, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || body.message === undefined || action.type !== 'button')
      return;
    const channel = body.channel?.id ?? '';
    await client.chat.update({
      channel,
      ts: body.message.ts,
      text: `Cancelled ${action.value} by <@${body.user.id}>`,
      blocks: [],
    });
    await client.chat.postMessage({ channel, thread_ts: body.message.ts, text: 'Done' });
  });
  await app.start();
  await client.command('ana', 'team', '/sync policy 1');
  const card = await client.waitForMessage({
    as: 'ben',
    channel: 'team',
    what: 'the card',
    that: ({ text }) => text === 'Queued',
  });
  expect(await client.click({ as: 'ben', channel: 'team', ts: card.ts, text: 'Cancel' })).toEqual({
    ok: true,
  });
  const reply = await client.waitForMessage({
    as: 'ana',
    channel: 'team',
    thread: card.ts,
    what: 'the reply',
    that: ({ text }) => text === 'Done',
  });
  expect(reply.threadTs).toBe(card.ts);
  const [updated] = await client.messages('ana', 'team');
  expect(updated).toMatchObject({
    text: 'Cancelled 17 by <@UBENCART1>',
    edited: true,
    replyCount: 1,
  });
});
