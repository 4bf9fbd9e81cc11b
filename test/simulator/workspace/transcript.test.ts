import type { KnownBlock } from '@slack/types';
import { expect, it } from 'vitest';
import { plainText, type Names } from '#simulator/workspace/mrkdwn.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { drawContent, drawMessages, drawView } from '#simulator/workspace/transcript.ts';

const names: Names = {
  person: (id) => ({ UANARUIZ1: 'Ana Ruiz', USYNCBOT1: 'Swivel Sync' })[id] ?? id,
  channel: (id) => (id === 'CTEAM0001' ? 'team' : id),
  timeZone: 'America/New_York',
};

const message = (more: Partial<LocalMessage>): LocalMessage => ({
  ts: '1795186800.000001',
  channel: 'CTEAM0001',
  user: 'USYNCBOT1',
  text: '',
  blocks: [],
  edited: false,
  ephemeral: false,
  replyCount: 0,
  ...more,
});

const draw = (...blocks: object[]): string =>
  drawContent({ text: '', blocks: blocks as KnownBlock[] }, names);

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const raw = (text: string) => ({ type: 'raw_text', text });
const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

it.each([
  ['*bold*, _italic_, ~struck~ and `co*de*`', 'bold, italic, struck and co*de*'],
  ['<@UANARUIZ1> in <#CTEAM0001>', '@Ana Ruiz in #team'],
  [
    '<https://x.example|the page> or <https://y.example>',
    'the page (https://x.example) or https://y.example',
  ],
  ['a &lt;b&gt; &amp; c', 'a <b> & c'],
  ['as of <!date^1795186800^{date_short} at {time}|then>', 'as of Nov 20, 2026 at 10:00 AM'],
  [':white_check_mark: :no_such_thing:', '✅ :no_such_thing:'],
  ['Success *1*, changed *1*', 'Success 1, changed 1'],
  ['snake_case_stays and 2*3*4', 'snake_case_stays and 2*3*4'],
])('%s reads as plain text', (text, expected) => {
  expect(plainText(text, names)).toBe(expected);
});

it('blocks are drawn as text', () => {
  expect(
    draw(
      { type: 'header', text: plain('Sync') },
      {
        type: 'section',
        text: mrkdwn('*Northbridge*'),
        fields: [mrkdwn('*Account Value*\n$1.00'), mrkdwn('*As of*\ntoday')],
        accessory: { type: 'button', action_id: 'a', text: plain('Open') },
      },
      { type: 'divider' },
      { type: 'context', elements: [mrkdwn('for <@UANARUIZ1>'), plain('position 2')] },
      {
        type: 'actions',
        elements: [
          { type: 'button', action_id: 'b', text: plain('Cancel') },
          { type: 'static_select', action_id: 'c', placeholder: plain('Source') },
        ],
      },
    ),
  ).toBe(
    [
      '== Sync ==',
      'Northbridge  [Open]',
      'Account Value $1.00',
      'As of today',
      '────',
      'for @Ana Ruiz · position 2',
      '[Cancel] [Source ▾]',
    ].join('\n'),
  );
});

it('a plan and tables show their rows', () => {
  expect(
    draw({
      type: 'plan',
      title: 'Two policies',
      tasks: [
        {
          type: 'task_card',
          task_id: '1',
          title: '00123',
          status: 'complete',
          output: rich('Not Found'),
        },
        { type: 'task_card', task_id: '2', title: '00456', status: 'in_progress' },
      ],
    }),
  ).toBe('Two policies\n● 00123\n    Not Found\n◐ 00456');
  expect(
    draw({
      type: 'data_table',
      caption: 'Policies',
      rows: [
        [raw('Policy'), raw('State')],
        [raw('00123-4567'), raw('✅ Success')],
        [raw('1'), rich('❌')],
      ],
    }),
  ).toBe(
    [
      'Policies',
      'Policy      State',
      '──────────  ──────────',
      '00123-4567  ✅ Success',
      '1           ❌',
    ].join('\n'),
  );
});

it('a thread is drawn with who, when, and replies further in', () => {
  expect(
    drawMessages(
      [
        message({ text: 'Queued', edited: true }),
        message({ text: 'two\nlines', threadTs: '1795186800.000001', ephemeral: true }),
      ],
      names,
    ),
  ).toBe(
    `Swivel Sync (10:00 AM, edited)
  Queued

    Swivel Sync (10:00 AM, only visible to you)
      two
      lines`,
  );
});

it('a modal is drawn with what was entered, its errors and its buttons', () => {
  const view = {
    id: 'V1',
    hash: '1',
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: 'Find' },
    submit: { type: 'plain_text' as const, text: 'Sync' },
    close: { type: 'plain_text' as const, text: 'Close' },
    blocks: [
      {
        type: 'input',
        block_id: 'b',
        label: plain('Number'),
        hint: plain('Dashes do not matter'),
        element: { type: 'plain_text_input', action_id: 'a' },
      },
    ] as KnownBlock[],
    values: { b: { a: { type: 'plain_text_input', value: '00123' } } },
    errors: { b: 'Not in your book' },
  };
  expect(drawView(view, names)).toBe(
    '== Find ==\nNumber: [00123]\n  Dashes do not matter\n  ! Not in your book\n[Sync] [Close]',
  );
});
