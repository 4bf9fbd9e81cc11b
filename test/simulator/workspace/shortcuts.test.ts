import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { boltFor } from '#test/support/bolt.ts';

/** Shortcuts of the manifest, with a real Bolt app over Socket Mode. */
let slack: LocalWorkspace;
let client: LocalClient;
let app: App;

const ON_MESSAGE = 'sync-from-message';
const ANYWHERE = 'sync-policy-anywhere';

beforeEach(async () => {
  slack = await startWorkspace();
  client = connectClient(slack.url);
  app = boltFor(slack);
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const view = (text: string) => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'Shortcut' },
  blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }],
});

it('lists the shortcuts of the manifest to everybody', async () => {
  const { shortcuts } = await client.state('ana');
  expect(shortcuts.map(({ type, callbackId }) => [type, callbackId])).toEqual([
    ['message', ON_MESSAGE],
    ['global', ANYWHERE],
    ['global', 'sync-contact-anywhere'],
  ]);
});

it('a message shortcut brings the message, opens a modal and may answer to the person', async () => {
  app.shortcut(
    { callback_id: ON_MESSAGE, type: 'message_action' },
    async ({ ack, shortcut, client: web, respond }) => {
      await ack();
      const { channel, message, message_ts: ts } = shortcut;
      const text = `${message.text} in ${channel.id}, ${ts === message.ts}`;
      await web.views.open({ trigger_id: shortcut.trigger_id, view: view(text) });
      await respond('Only for you');
    },
  );
  await app.start();
  const { ts = '' } = await client.post('ben', 'team', 'Please look at 00123-4567');
  const on = { channel: 'team', ts };
  expect(await client.shortcut({ as: 'ana', name: ON_MESSAGE, on })).toEqual({ ok: true });
  const modal = await client.waitForModal('ana');
  expect(JSON.stringify(modal.blocks)).toContain('Please look at 00123-4567 in CTEAM0001, true');
  const answer = await client.waitForMessage({
    as: 'ana',
    channel: 'team',
    what: 'the answer',
    that: ({ text }) => text === 'Only for you',
  });
  expect(answer.ephemeral).toBe(true);
});

it('a message shortcut works on a reply in a thread, where commands do not', async () => {
  const seen = Promise.withResolvers<unknown>();
  app.shortcut({ callback_id: ON_MESSAGE, type: 'message_action' }, async ({ ack, shortcut }) => {
    await ack();
    seen.resolve(shortcut.message['thread_ts']);
  });
  await app.start();
  const { ts: root = '' } = await client.post('ben', 'team', 'A question');
  const { ts = '' } = await client.post('ben', 'team', 'About 00123-4567', root);
  await client.shortcut({ as: 'ana', name: ON_MESSAGE, on: { channel: 'team', ts } });
  expect(await seen.promise).toBe(root);
});

it('a global shortcut opens a modal from anywhere', async () => {
  app.shortcut(
    { callback_id: ANYWHERE, type: 'shortcut' },
    async ({ ack, shortcut, client: web }) => {
      await ack();
      await web.views.open({ trigger_id: shortcut.trigger_id, view: view('Which policy?') });
    },
  );
  await app.start();
  expect(await client.shortcut({ as: 'ana', name: 'Sync a policy' })).toEqual({ ok: true });
  expect(JSON.stringify(await client.waitForModal('ana'))).toContain('Which policy?');
});

it('a shortcut that nobody acknowledges fails after 3 s, as Slack shows it', async () => {
  app.shortcut(ANYWHERE, () => new Promise(() => undefined));
  await app.start();
  expect(await client.shortcut({ as: 'ana', name: ANYWHERE })).toEqual({
    ok: false,
    problem: 'Sync a policy failed: operation_timeout.',
  });
});

it('refuses a message that is not before the person, and one that only they see', async () => {
  app.command('/sync', ({ ack }) => ack('Just for you'));
  await app.start();
  const { ts: hidden = '' } = await client.post('marcus', 'reviews', 'Not for guests');
  const { ts: own = '' } = await client.command('ana', 'team', '/sync help');
  const use = (as: string, channel: string, ts: string) =>
    client.shortcut({ as, name: ON_MESSAGE, on: { channel, ts } });
  expect(await use('gwen', 'GPRIV0001', hidden)).toMatchObject({
    problem: 'This is no longer here.',
  });
  expect(await use('ana', 'team', own)).toMatchObject({
    problem: 'Shortcuts do not work on messages that only you see.',
  });
});
