import { WebClient } from '@slack/web-api';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { startWorkspace } from '#simulator/workspace/server.ts';

const local = await startWorkspace();
afterAll(() => local.close());
const client = new WebClient(local.botToken, { slackApiUrl: local.apiUrl });
const CHANNEL = 'CTEAM0001';

let before = 0;
beforeEach(() => {
  before = local.workspace.unheard().length;
});
const unheard = (): string[] =>
  local.workspace
    .unheard()
    .slice(before)
    .map((problem) => problem.replace(/^(message|modal|home) "[^"]*": /, ''));

const section = (text: string) => ({
  type: 'section' as const,
  text: { type: 'mrkdwn' as const, text },
});
const button = (text: string, value: string, says?: string) => ({
  type: 'button' as const,
  text: { type: 'plain_text' as const, text },
  action_id: `act-${value}`,
  value,
  ...(says === undefined ? {} : { accessibility_label: says }),
});

it('notes what a text leaves out of its blocks, and nothing of one that says it', async () => {
  const blocks = [section('*Success* · $412,806.44')];
  await client.chat.postMessage({ channel: CHANNEL, text: 'Success · $412,806.44', blocks });
  expect(unheard()).toEqual([]);
  await client.chat.postMessage({ channel: CHANNEL, text: 'Success', blocks });
  expect(unheard()).toEqual(['its text leaves out: $412 806 44']);
});

it('notes a text that an update has left as it was', async () => {
  const { ts = '' } = await client.chat.postMessage({
    channel: CHANNEL,
    text: 'Queued',
    blocks: [section('Queued')],
  });
  await client.chat.update({
    channel: CHANNEL,
    ts,
    text: 'Queued',
    blocks: [section('Not Found')],
  });
  expect(unheard()).toEqual(['its text leaves out: Not Found']);
});

it('notes a table of which only the caption is said', async () => {
  await client.chat.postMessage({
    channel: CHANNEL,
    text: 'By carrier',
    blocks: [
      {
        type: 'data_table',
        caption: 'By carrier',
        rows: [
          [
            { type: 'raw_text', text: 'Carrier' },
            { type: 'raw_text', text: 'Old' },
          ],
          [
            { type: 'raw_text', text: 'Harbor' },
            { type: 'raw_number', value: 0, text: '0' },
          ],
        ],
      },
    ],
  });
  expect(unheard()).toEqual(['its text leaves out: Harbor']);
});

it('notes buttons that are heard alike', async () => {
  const blocks = (...says: (string | undefined)[]) => [
    {
      type: 'actions' as const,
      elements: says.map((label, index) => button('Link', String(index), label)),
    },
  ];
  await client.chat.postMessage({
    channel: CHANNEL,
    text: 'Link',
    blocks: blocks('Link Ana', 'Link Ben'),
  });
  expect(unheard()).toEqual([]);
  await client.chat.postMessage({
    channel: CHANNEL,
    text: 'Link',
    blocks: blocks(undefined, undefined),
  });
  expect(unheard()).toEqual(['more than one button is heard as "link"']);
});

it('notes buttons of a view that are heard alike', async () => {
  await client.views.publish({
    user_id: 'UANARUIZ1',
    view: {
      type: 'home',
      blocks: [{ type: 'actions', elements: [button('Sync', '1'), button('Sync', '2')] }],
    },
  });
  expect(unheard()).toEqual(['more than one button is heard as "sync"']);
});

it('notes a picture whose words hold no figure', async () => {
  const image = (alt_text: string) => ({
    type: 'image' as const,
    image_url: 'https://example.com/chart.png',
    alt_text,
  });
  await client.chat.postMessage({
    channel: CHANNEL,
    text: 'Success: 12. A chart',
    blocks: [image('Success: 12'), image('A chart')],
  });
  expect(unheard()).toEqual(['the words of a picture hold no figure']);
});
