import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { readManifest } from '#simulator/workspace/manifest.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { boltFor } from '#test/support/bolt.ts';

/** A real Bolt app over Socket Mode against the local workspace. */
let slack: LocalWorkspace;
let client: LocalClient;
let app: App;

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

it('a command nobody answers fails, as Slack shows it', async () => {
  app.command('/sync', () => new Promise(() => undefined));
  await app.start();
  const answer = await client.command('ana', 'team', '/sync policy 1');
  expect(answer.problem).toBe('/sync failed with the error "operation_timeout"');
  const [shown] = await client.messages('ana', 'team');
  expect(shown).toMatchObject({
    user: 'USLACKBOT',
    ephemeral: true,
    failedCommand: '/sync policy 1',
  });
});

it('without a connected app a command fails at once', async () => {
  const answer = await client.command('ana', 'team', '/sync help');
  expect(answer.problem).toBe('/sync failed with the error "dispatch_failed"');
});

it('commands do not work in threads, and unknown ones not at all', async () => {
  const { ts = '' } = await client.post('ana', 'team', 'Morning');
  expect((await client.post('ana', 'team', '/sync help', ts)).problem).toBe(
    '/sync is not supported in threads. Sorry!',
  );
  expect((await client.command('ana', 'team', '/frobnicate')).problem).toContain(
    'not a valid command',
  );
});

it('a response_url serves five times, then no more', async () => {
  const refused: number[] = [];
  app.command('/sync', async ({ ack, respond }) => {
    await ack();
    for (let turn = 1; turn <= 6; turn += 1)
      await respond(`Answer ${turn}`).catch((error: { statusCode: number }) => {
        refused.push(error.statusCode);
      });
    refused.push(0);
  });
  await app.start();
  await client.command('ana', 'team', '/sync policy 1');
  await client.waitFor({
    as: 'ana',
    what: 'five answers',
    read: async () => ((await client.messages('ana', 'team')).length === 5 ? true : undefined),
  });
  await expect.poll(() => refused).toEqual([404, 0]);
});

it('a button of an ephemeral message can replace it by its response_url', async () => {
  app.command('/sync', async ({ ack }) => {
    await ack({
      text: 'Which one?',
      blocks: [
        {
          type: 'actions',
          elements: [
            { type: 'button', action_id: 'pick', text: { type: 'plain_text', text: 'This one' } },
          ],
        },
      ],
    });
  });
  app.action('pick', async ({ ack, body, respond }) => {
    await ack();
    const ephemeral = body.type === 'block_actions' && body.container['is_ephemeral'] === true;
    await respond({ replace_original: true, text: `ephemeral: ${ephemeral}`, blocks: [] });
  });
  await app.start();
  const { ts = '' } = await client.command('ana', 'team', '/sync policy 1');
  await client.click({ as: 'ana', channel: 'team', ts, text: 'This one' });
  const replaced = await client.waitForMessage({
    as: 'ana',
    channel: 'team',
    what: 'the replaced answer',
    that: ({ text }) => text === 'ephemeral: true',
  });
  expect(replaced.ts).toBe(ts);
});

it('a thread keeps its replies, and the person their direct messages', async () => {
  const posted = await app.client.chat.postMessage({
    channel: 'UANARUIZ1',
    text: 'Hello <@UANARUIZ1>',
  });
  expect(posted.channel).toMatch(/^D/);
  expect(await client.transcript('ana', 'dm')).toContain('Hello @Ana Ruiz');
  await expect(client.messages('ben', posted.channel ?? '')).resolves.toEqual([]);
});

it('the connection comes back after a refresh, and nothing typed later is lost', async () => {
  const quick = boltFor(slack, 500);
  quick.command('/sync', async ({ ack }) => {
    await ack('here');
  });
  await quick.start();
  slack.workspace.refreshConnections();
  await expect.poll(() => slack.workspace.connections()).toBe(0);
  await expect.poll(() => slack.workspace.connections(), { timeout: 20_000 }).toBe(1);
  expect(await client.command('ana', 'team', '/sync help')).toMatchObject({ ok: true });
  await quick.stop();
});

it('an event goes to one of several connections', async () => {
  const second = boltFor(slack);
  const heard: string[] = [];
  for (const [name, each] of Object.entries({ first: app, second }))
    each.command('/sync', async ({ ack }) => {
      heard.push(name);
      await ack('here');
    });
  await Promise.all([app.start(), second.start()]);
  for (let turn = 0; turn < 4; turn += 1) await client.command('ana', 'team', '/sync help');
  expect(heard.toSorted()).toEqual(['first', 'first', 'second', 'second']);
  await second.stop();
});

it('Home is published for one person, after they opened it', async () => {
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Your syncs' } }],
      },
    });
  });
  await app.start();
  await client.openHome('ana');
  const home = await client.waitFor({
    as: 'ana',
    what: 'Home',
    read: async () => (await client.state('ana')).home,
  });
  expect(home.type).toBe('home');
  expect((await client.state('ben')).home).toBeUndefined();
});

it('a deactivated person is told to the app, can see, and can do nothing', async () => {
  const heard: unknown[] = [];
  app.event('user_change', async ({ event }) => {
    heard.push([event.user.id, event.user.deleted]);
  });
  await app.start();
  slack.workspace.changePerson('UBENCART1', { deleted: true, about: 'deactivated' });
  await expect.poll(() => heard).toEqual([['UBENCART1', true]]);
  expect((await client.command('ben', 'team', '/sync help')).problem).toBe(
    'This account is deactivated.',
  );
});

it('an envelope can come twice, and commands in reverse', async () => {
  const heard: string[] = [];
  app.command('/sync', async ({ ack, command }) => {
    heard.push(command.text);
    await ack();
  });
  await app.start();
  await client.faults({ repeatEnvelopes: 2 });
  await client.command('ana', 'team', '/sync one');
  await expect.poll(() => heard).toEqual(['one', 'one']);
  await client.faults({ reorderEnvelopes: 2 });
  const first = client.command('ana', 'team', '/sync first');
  // A whole round trip later the first command is held.
  await client.messages('ana', 'team');
  await Promise.all([first, client.command('ben', 'team', '/sync second')]);
  expect(heard.slice(2)).toEqual(['second', 'first']);
});

it('messages are told to the app only when its manifest subscribes to them', async () => {
  const manifest = readManifest();
  await using busy = await startWorkspace({
    manifest: { ...manifest, events: [...manifest.events, 'message.channels'] },
  });
  const listener = boltFor(busy);
  const heard: unknown[] = [];
  for (const each of [app, listener])
    each.message(async ({ message }) => {
      heard.push(message.type === 'message' && 'text' in message ? message.text : undefined);
    });
  await Promise.all([app.start(), listener.start()]);
  await client.post('ana', 'team', 'not told');
  await connectClient(busy.url).post('ana', 'team', 'told');
  await connectClient(busy.url).post('ana', 'random', 'the bot is not in there');
  await connectClient(busy.url).post('ana', 'team', 'told again');
  await expect.poll(() => heard).toEqual(['told', 'told again']);
  await listener.stop();
});
