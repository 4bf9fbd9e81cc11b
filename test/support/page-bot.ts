import { App, LogLevel, SocketModeReceiver, type MessageShortcut } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { LocalWorkspace } from '#simulator/workspace/server.ts';
import {
  CODE_MODAL,
  EVERYTHING_MODAL,
  LOADING_MODAL,
  option,
  plain,
  POLICY_MODAL,
} from './page-modals.ts';

const card = (state: string, blockId: string): KnownBlock[] => [
  { type: 'header', text: plain('Policy 00123-4567') },
  {
    type: 'section',
    text: {
      type: 'mrkdwn',
      text: `*${state}* :white_check_mark: asked by <@UANARUIZ1> on <!date^1763683200^{date_num}|a day>`,
      verbatim: true,
    },
    accessory: {
      type: 'overflow',
      action_id: 'more',
      options: [option('Copy number', 'copy'), option('Open contact', 'contact')],
    },
  },
  {
    type: 'actions',
    block_id: blockId,
    elements: [
      { type: 'button', action_id: 'rerun', text: plain('Re-run'), style: 'primary' },
      {
        type: 'button',
        action_id: 'cancel',
        text: plain('Cancel sync'),
        style: 'danger',
        confirm: {
          title: plain('Cancel this sync?'),
          text: plain('It has not begun.'),
          confirm: plain('Cancel it'),
          deny: plain('Keep it'),
        },
      },
    ],
  },
];

const SEARCH: KnownBlock[] = [
  {
    type: 'actions',
    elements: [
      {
        type: 'external_select',
        action_id: 'policy',
        placeholder: plain('Search a policy'),
        min_query_length: 2,
      },
      {
        type: 'static_select',
        action_id: 'source',
        placeholder: plain('Login source'),
        options: [
          option(':large_green_circle: Ana agent', 'ana'),
          option(':white_circle: Agency', 'agency'),
        ],
      },
      { type: 'datepicker', action_id: 'day', placeholder: plain('Review day') },
      {
        type: 'checkboxes',
        action_id: 'wishes',
        options: [option('Tell the team', 'tell'), option('Every day', 'daily')],
      },
    ],
  },
];

/** Twelve rows beneath the headings. */
const TABLE: KnownBlock[] = [
  {
    type: 'data_table',
    caption: 'Policies of Harold Finch',
    row_header_column_index: 0,
    rows: [
      ['Policy', 'Product', 'Value'].map((text) => ({ type: 'raw_text' as const, text })),
      ...Array.from({ length: 12 }, (_, index) => [
        { type: 'raw_text' as const, text: `0${index + 10}-77` },
        { type: 'raw_text' as const, text: index % 2 ? 'Term 20' : 'Secure Growth VA' },
        {
          type: 'raw_number' as const,
          value: ((index * 7) % 12) * 1000,
          text: `$${((index * 7) % 12) * 1000}`,
        },
      ]),
    ],
  },
];

/** As many columns as a digest has. */
const WIDE_TABLE: KnownBlock[] = [
  {
    type: 'data_table',
    caption: 'By carrier',
    row_header_column_index: 0,
    rows: [
      [
        'Carrier',
        'Policies',
        'Success',
        'Changed',
        'First values',
        'Old values',
        'Status differs',
        'Not Found',
        'Not synced',
      ].map((text) => ({ type: 'raw_text' as const, text })),
      [
        { type: 'raw_text', text: 'Northbridge Life' },
        ...[103, 98, 46, 20, 2, 2, 4, 4].map((value) => ({
          type: 'raw_number' as const,
          value,
          text: String(value),
        })),
      ],
    ],
  },
];

/** What was entered, as one word: an option by its value. */
const tell = (entered: unknown): string => {
  if (Array.isArray(entered)) return entered.map(tell).join('+');
  if (typeof entered === 'object' && entered !== null && 'value' in entered)
    return String(entered.value);
  return String(entered);
};

/** A small app on real Bolt and Socket Mode, with one of each thing the page can draw and do. */
export const startPageBot = async ({ appToken, botToken, apiUrl }: LocalWorkspace) => {
  const app = new App({
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
  app.shortcut<MessageShortcut>('sync-from-message', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: POLICY_MODAL });
    await client.chat.postEphemeral({
      channel: shortcut.channel.id,
      user: shortcut.user.id,
      text: `Found in "${shortcut.message.text}"`,
    });
  });
  app.shortcut('sync-policy-anywhere', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: POLICY_MODAL });
  });
  app.command('/sync', async ({ command, ack, client }) => {
    const channel = command.channel_id;
    const post = async (text: string, blocks: KnownBlock[]) => {
      await ack();
      await client.chat.postMessage({ channel, text, blocks });
    };
    switch (command.text) {
      case 'card':
        return post('Queued', card('Queued', 'first'));
      case 'search':
        return post('Search', SEARCH);
      case 'table':
        return post('Table', TABLE);
      case 'wide table':
        return post('Table', WIDE_TABLE);
      case 'modal':
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: POLICY_MODAL });
        return undefined;
      case 'everything': {
        await ack();
        const { view } = await client.views.open({
          trigger_id: command.trigger_id,
          view: LOADING_MODAL,
        });
        const { id = '', hash = '' } = view ?? {};
        await client.views.update({ view_id: id, hash, view: EVERYTHING_MODAL });
        return undefined;
      }
      case 'nothing':
        return undefined;
      default:
        return ack(`No policy matches \`${command.text}\`.`);
    }
  });
  app.action({ type: 'block_actions', action_id: 'cancel' }, async ({ ack, body, client }) => {
    await ack();
    const { channel, message } = body;
    if (!channel || !message) return;
    const blocks = card('Cancelled', 'second');
    await client.chat.update({ channel: channel.id, ts: message.ts, text: 'Cancelled', blocks });
    const text = `<@${body.user.id}> it is cancelled.`;
    await client.chat.postMessage({ channel: channel.id, thread_ts: message.ts, text });
  });
  app.action('rerun', () => Promise.resolve());
  app.options('policy', async ({ ack, options }) => {
    const found = ['0012-1', '0012-2'].filter((number) => number.startsWith(options.value));
    await ack({ options: found.map((number) => option(number, number)) });
  });
  app.action(
    { type: 'block_actions', action_id: /^(policy|source|day|wishes|more)$/ },
    async ({ ack, action, body, client }) => {
      await ack();
      const chosen =
        'selected_option' in action
          ? action.selected_option?.value
          : 'selected_options' in action
            ? action.selected_options.map(({ value }) => value).join(' and ')
            : 'selected_date' in action
              ? action.selected_date
              : '';
      await client.chat.postMessage({
        channel: body.channel?.id ?? '',
        text: `${action.action_id} is ${chosen}`,
      });
    },
  );
  app.action({ type: 'block_actions', action_id: 'code' }, async ({ ack, body, client }) => {
    await ack();
    await client.views.push({ trigger_id: body.trigger_id, view: CODE_MODAL });
  });
  app.view('code', async ({ ack }) => ack());
  app.view('policy', async ({ ack, view, body, client }) => {
    const number = view.state.values['number']?.['value']?.value ?? '';
    const when = view.state.values['when']?.['value']?.selected_option?.value ?? '';
    if (number.startsWith('9')) {
      await ack({ response_action: 'errors', errors: { number: 'No such number.' } });
      return;
    }
    await ack();
    await client.chat.postMessage({
      channel: 'CTEAM0001',
      text: `${body.user.id} ${number} ${when}`,
    });
  });
  app.view('everything', async ({ ack, view, client }) => {
    await ack();
    const told = Object.entries(view.state.values).map(([block, { value }]) => {
      const { type: _, ...entered } = value ?? {};
      return `${block}=${Object.values(entered).map(tell).join()}`;
    });
    await client.chat.postMessage({ channel: 'CTEAM0001', text: told.join('; ') });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'header', text: plain('Your book') }, ...TABLE] },
    });
  });
  await app.start();
  return app;
};
