import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeAddress, writeAddress } from '#simulator/workspace/address.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { boltFor } from '#test/support/bolt.ts';

/** `npm run say`, as its own process. */
const SAY = fileURLToPath(new URL('../../src/simulator/say.ts', import.meta.url));

let folder: string;
let slack: LocalWorkspace;
let app: App;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'say-'));
  slack = await startWorkspace();
  writeAddress(join(folder, 'local'), { url: slack.url });
  app = boltFor(slack);
  await app.start();
});

afterEach(async () => {
  await app.stop();
  await slack.close();
  await rm(folder, { recursive: true });
});

const say = async (...words: string[]): Promise<{ code: number | null; said: string }> => {
  const child = spawn(process.execPath, [SAY, ...words], {
    env: { ...process.env, DATA_DIR: folder, TZ: 'UTC' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
    });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const code = await promise;
  return { code, said: said.replaceAll(/\d+:\d\d [AP]M/g, '9:00 AM') };
};

const card = (state: string) => [
  { type: 'section', text: { type: 'mrkdwn', text: '*Northbridge 00123-4567*' } },
  { type: 'section', text: { type: 'mrkdwn', text: state } },
];

it('prints the card, what changes in it, and ends with the closing reply', async () => {
  app.command('/sync', async ({ ack, client, command }) => {
    await ack();
    const { channel_id: channel } = command;
    const { ts = '' } = await client.chat.postMessage({
      channel,
      text: 'x',
      blocks: card('Queued'),
    });
    for (const state of ['In progress', ':white_check_mark: Success'])
      await client.chat.update({ channel, ts, text: 'x', blocks: card(state) });
    await client.chat.postMessage({ channel, thread_ts: ts, text: `<@${command.user_id}> done` });
  });
  const { code, said } = await say('/sync policy 00123-4567', '--as', 'ana', '--in', 'team');
  expect(code).toBe(0);
  expect(said).toContain('Ana Ruiz in #team: /sync policy 00123-4567\n');
  expect(said).toContain('Northbridge 00123-4567');
  expect(said).toContain('✅ Success');
  expect(said).toContain('    Swivel Sync (9:00 AM)\n      @Ana Ruiz done\n');
  expect(said.match(/Northbridge/g)).toHaveLength(1);
});

it('prints an answer that only the person sees, and stops', async () => {
  app.command('/sync', async ({ ack }) => {
    await ack('Nothing like that in your book.');
  });
  expect(await say('/sync policy 999', '--as', 'ben')).toEqual({
    code: 0,
    said: `Ben Carter in #team: /sync policy 999

Swivel Sync (9:00 AM, only visible to you)
  Nothing like that in your book.
`,
  });
});

it('a modal is printed with how to continue, and continued from the next call', async () => {
  app.command('/sync', async ({ ack, client, command }) => {
    await ack();
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'find',
        title: { type: 'plain_text', text: 'Find a policy' },
        submit: { type: 'plain_text', text: 'Sync' },
        blocks: [
          {
            type: 'input',
            label: { type: 'plain_text', text: 'Number' },
            element: { type: 'plain_text_input', action_id: 'number' },
          },
        ],
      },
    });
  });
  app.view('find', async ({ ack, body, client, view }) => {
    await ack();
    const [entry] = Object.values(view.state.values);
    await client.chat.postMessage({
      channel: body.user.id,
      text: `Looking for ${entry?.['number']?.value}`,
      metadata: { event_type: 'sync', event_payload: { ended: true } },
    });
  });
  const opened = await say('/sync policy');
  expect(opened.said).toContain('  | == Find a policy ==\n  | Number: [________]\n  | [Sync]\n');
  expect(opened.said).toContain('--enter "Label=…", then --submit');
  const sent = await say('--enter', 'Number=00123', '--submit');
  expect(sent.said).toContain('Looking for 00123');
  expect(sent.code).toBe(0);
});

it('a button of the newest message is used by its text', async () => {
  app.action('link', async ({ ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: 'Open the link page' });
  });
  await app.client.chat.postEphemeral({
    channel: 'CTEAM0001',
    user: 'UANARUIZ1',
    text: 'Unlinked',
    blocks: [
      {
        type: 'actions',
        elements: [
          { type: 'button', action_id: 'link', text: { type: 'plain_text', text: 'Link' } },
        ],
      },
    ],
  });
  const { said } = await say('--click', 'Link');
  expect(said).toContain('Open the link page');
  expect((await say('--click', 'Nowhere')).said).toBe('Nothing here has [Nowhere].\n');
});

it('an option is chosen by a part of its text', async () => {
  app.action('source', async ({ ack, action, respond }) => {
    await ack();
    const chosen = action.type === 'static_select' ? action.selected_option.value : '';
    await respond({ replace_original: true, text: `Chosen: ${chosen}` });
  });
  await app.client.chat.postEphemeral({
    channel: 'CTEAM0001',
    user: 'UANARUIZ1',
    text: 'Which one?',
    blocks: [
      {
        type: 'actions',
        elements: [
          {
            type: 'static_select',
            action_id: 'source',
            options: [
              { text: { type: 'plain_text', text: 'Ana – Meridian: Linked' }, value: 'S1' },
              { text: { type: 'plain_text', text: 'Agency – Meridian: Unlinked' }, value: 'S2' },
            ],
          },
        ],
      },
    ],
  });
  expect((await say('--choose', 'Unlinked')).said).toContain('Chosen: S2');
});

it('without a running workspace it says so in one line', async () => {
  removeAddress(join(folder, 'local'));
  expect(await say('/sync help')).toEqual({
    code: 1,
    said: 'No local workspace is running: start it with npm start in another terminal.\n',
  });
});

it('a command that fails is told by its error', async () => {
  await app.stop();
  await expect.poll(() => slack.workspace.connections()).toBe(0);
  const { code, said } = await say('/sync help');
  expect(code).toBe(1);
  expect(said).toContain('/sync failed with the error "dispatch_failed"');
});

it('uses a shortcut on the newest message with some words', async () => {
  app.shortcut('sync-from-message', async ({ ack, shortcut, respond }) => {
    await ack();
    if (shortcut.type === 'message_action') await respond(`Found in: ${shortcut.message.text}`);
  });
  await say('About 00123-4567');
  const used = await say('--shortcut', 'Sync policies in this', '--on', '00123');
  expect(used).toMatchObject({ code: 0 });
  expect(used.said).toContain('Found in: About 00123-4567');
  const nowhere = await say('--shortcut', 'Sync policies in this', '--on', 'nothing of it');
  expect(nowhere).toMatchObject({ code: 1 });
  expect(nowhere.said).toContain('No message here says "nothing of it".');
});
