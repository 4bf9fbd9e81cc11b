import { WebClient, type WebAPIPlatformError } from '@slack/web-api';
import type { KnownBlock } from '@slack/types';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { silent } from '#test/support/silent.ts';

/** The workspace refuses what Slack refuses, by Slack's names; asked by Slack's own client. */
let now = Date.UTC(2026, 10, 20, 15);
let slack: LocalWorkspace;
let web: WebClient;

beforeEach(async () => {
  now = Date.UTC(2026, 10, 20, 15);
  slack = await startWorkspace({ clock: () => now });
  web = webFor(slack.botToken);
});

afterEach(() => slack.close());

const webFor = (token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

const call = async (method: string, args: Record<string, unknown>): Promise<string> =>
  (await refusal(method, args))?.error ?? 'ok';

const refusal = async (method: string, args: Record<string, unknown>, client = web) =>
  client.apiCall(method, args).then(
    () => undefined,
    (error: WebAPIPlatformError) => error.data,
  );

const post = (args: Record<string, unknown>, channel = 'CTEAM0001') =>
  call('chat.postMessage', { channel, ...args });

const problemsWith = async (blocks: unknown[]): Promise<string[]> => {
  const refused = await refusal('chat.postMessage', { channel: 'CTEAM0001', text: 'x', blocks });
  if (refused !== undefined) expect(refused.error).toBe('invalid_blocks');
  return refused?.response_metadata?.messages ?? [];
};

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const raw = (text: string) => ({ type: 'raw_text', text });
const button = (more: object = {}) => ({
  type: 'button',
  action_id: 'a',
  text: plain('Link'),
  ...more,
});
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const table = (rows: number, columns: number) => ({
  type: 'data_table',
  caption: 'Policies',
  rows: Array.from({ length: rows }, () => Array.from({ length: columns }, () => raw('x'))),
});
const task = (status: string) => ({ type: 'task_card', task_id: 't', title: 'Read', status });

it('posts go only where the bot is, and a channel it cannot see does not exist', async () => {
  expect(await post({ text: 'hi' })).toBe('ok');
  expect(await post({ text: 'hi' }, 'CNOBOT001')).toBe('not_in_channel');
  expect(await post({ text: 'hi' }, 'CNOWHERE1')).toBe('channel_not_found');
  expect(await post({ text: 'hi' }, 'UDANAFRM1')).toBe('channel_not_found');
  expect(await post({ text: 'hi' }, 'UANARUIZ1')).toBe('ok');
  expect(await post({ text: ' ' })).toBe('no_text');
  expect(await post({ text: 'hi', thread_ts: '1.000001' })).toBe('thread_not_found');
});

it('an update is for a message of its own, up to 4,000 characters', async () => {
  const channel = 'CTEAM0001';
  const { ts } = await web.chat.postMessage({
    channel,
    text: 'hi',
    blocks: [section('hi')] as KnownBlock[],
  });
  expect(await call('chat.update', { channel, ts, text: 'x'.repeat(4001) })).toBe('msg_too_long');
  expect(await call('chat.update', { channel, ts, text: 'x'.repeat(4000) })).toBe('ok');
  expect(slack.workspace.messages(channel)[0]?.blocks).toHaveLength(1);
  expect(await call('chat.update', { channel, ts, text: 'x', blocks: [] })).toBe('ok');
  expect(slack.workspace.messages(channel)[0]?.blocks).toEqual([]);
  const theirs = await connectClient(slack.url).post('ana', 'team', 'mine');
  expect(await call('chat.update', { channel, ts: theirs.ts, text: 'x' })).toBe(
    'cant_update_message',
  );
  expect(await call('chat.delete', { channel, ts: theirs.ts })).toBe('cant_delete_message');
  expect(await call('chat.update', { channel, ts: '1.000001', text: 'x' })).toBe(
    'message_not_found',
  );
  expect(await call('chat.update', { channel: 'UANARUIZ1', ts, text: 'x' })).toBe(
    'channel_not_found',
  );
});

it('an archived channel takes no post and no update, and says that it is archived', async () => {
  const { ts = '' } = await web.chat.postMessage({ channel: 'CTEAM0001', text: 'x' });
  slack.workspace.changeChannel('CTEAM0001', { archived: true });
  expect(await post({ text: 'x' })).toBe('is_archived');
  expect(await call('chat.update', { channel: 'CTEAM0001', ts, text: 'y' })).toBe('is_inactive');
  const { channel } = await web.conversations.info({ channel: 'CTEAM0001' });
  expect(channel?.is_archived).toBe(true);
});

it('managers of a channel say what is posted there, and admins how long it may be edited', async () => {
  const { ts = '' } = await web.chat.postMessage({ channel: 'CTEAM0001', text: 'x' });
  const change = (posting: 'nothing' | 'threads-only' | 'no-threads' | 'read-only') =>
    slack.workspace.changeChannel('CTEAM0001', { posting });
  change('nothing');
  expect(await post({ text: 'x' })).toBe('restricted_action');
  change('read-only');
  expect(await post({ text: 'x' })).toBe('restricted_action_read_only_channel');
  change('threads-only');
  expect(await post({ text: 'x' })).toBe('restricted_action_thread_only_channel');
  expect(await post({ text: 'x', thread_ts: ts })).toBe('ok');
  change('no-threads');
  expect(await post({ text: 'x' })).toBe('ok');
  expect(await post({ text: 'x', thread_ts: ts })).toBe('restricted_action_non_threadable_channel');

  const edit = () => call('chat.update', { channel: 'CTEAM0001', ts, text: 'y' });
  slack.workspace.setEditWindow(5 * 60_000);
  expect(await edit()).toBe('ok');
  now += 6 * 60_000;
  expect(await edit()).toBe('edit_window_closed');
  slack.workspace.setEditWindow(undefined);
  expect(await edit()).toBe('ok');
});

it('an ephemeral message needs its person in the channel, and cannot be updated', async () => {
  const channel = 'CTEAM0001';
  const to = (user: string) => call('chat.postEphemeral', { channel, user, text: 'psst' });
  expect(await to('UGWENGST1')).toBe('user_not_in_channel');
  expect(await to('UDANAFRM1')).toBe('user_not_in_channel');
  const { message_ts: ts } = await web.chat.postEphemeral({
    channel,
    user: 'UANARUIZ1',
    text: 'psst',
  });
  expect(await call('chat.update', { channel, ts, text: 'x' })).toBe('message_not_found');
  expect(await call('chat.getPermalink', { channel, message_ts: ts })).toBe('message_not_found');
});

it.each([
  ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'no more than 50 items'],
  ['an alert', [{ type: 'alert', text: plain('x') }], 'unsupported type: alert'],
  ['an unknown block', [{ type: 'password' }], 'unsupported type: password'],
  ['an unknown field', [{ type: 'divider', colour: 'red' }], 'invalid additional property: colour'],
  ['an empty section', [{ type: 'section' }], 'at least one of `text` or `fields`'],
  ['a long section', [section('x'.repeat(3001))], 'must be less than 3001 characters'],
  ['a long header', [{ type: 'header', text: plain('x'.repeat(151)) }], 'less than 151'],
  [
    'mrkdwn in a header',
    [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
    'unsupported type: mrkdwn',
  ],
  ['a long button', [actions(button({ text: plain('x'.repeat(76)) }))], 'less than 76'],
  ['a long value', [actions(button({ value: 'x'.repeat(2001) }))], 'less than 2001'],
  [
    '26 buttons',
    [actions(...Array.from({ length: 26 }, (_, index) => button({ action_id: `${index}` })))],
    'no more than 25',
  ],
  ['the same action_id twice', [actions(button(), button())], '`action_id` must be unique'],
  [
    'the same block_id twice',
    [
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ],
    '`block_id` already exists',
  ],
  [
    '11 context elements',
    [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }],
    'no more than 10',
  ],
  ['a pending task on its own', [task('pending')], 'must be one of: in_progress, complete, error'],
  [
    'a task title that is an object',
    [{ ...task('complete'), title: plain('x') }],
    'must be a string',
  ],
  [
    'a data table without caption',
    [{ ...table(2, 2), caption: undefined }],
    'missing required field: caption',
  ],
  ['a data table of one row', [table(1, 2)], 'no fewer than 2 items'],
  ['a data table of 202 rows', [table(202, 2)], 'no more than 201 items'],
  ['a page of 101 rows', [{ ...table(2, 2), page_size: 101 }], 'between 1 and 100'],
  [
    'a table of 101 rows',
    [{ ...table(101, 1), type: 'table', caption: undefined }],
    'no more than 100 items',
  ],
  [
    'a table of 21 columns',
    [{ ...table(2, 21), type: 'table', caption: undefined }],
    'no more than 20 items',
  ],
  [
    '12,001 characters of markdown',
    [{ type: 'markdown', text: 'x'.repeat(12_001) }],
    'less than 12001',
  ],
  [
    'three charts',
    Array.from({ length: 3 }, () => ({ type: 'data_visualization', title: 'x', chart: {} })),
    'no more than 2',
  ],
  [
    'an option value of 151',
    [
      actions({
        type: 'static_select',
        action_id: 's',
        options: [{ text: plain('x'), value: 'x'.repeat(151) }],
      }),
    ],
    'less than 151',
  ],
  [
    'an initial option nobody offers',
    [
      actions({
        type: 'static_select',
        action_id: 's',
        options: [{ text: plain('x'), value: 'x' }],
        initial_option: { text: plain('y'), value: 'y' },
      }),
    ],
    'initial option must exactly match',
  ],
  [
    'six overflow options',
    [
      actions({
        type: 'overflow',
        action_id: 's',
        options: Array.from({ length: 6 }, (_, index) => ({ text: plain('x'), value: `${index}` })),
      }),
    ],
    'no more than 5',
  ],
])('%s is refused in a message', async (_what, blocks, problem) => {
  const problems = await problemsWith(JSON.parse(JSON.stringify(blocks)) as unknown[]);
  expect(problems.join('\n')).toContain(problem);
  expect(problems[0]).toMatch(/^\[ERROR\] .* \[json-pointer:\/blocks/);
});

it('the newer blocks are taken when they are right', async () => {
  const rich = (text: string) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
  });
  expect(
    await problemsWith([
      { type: 'plan', title: 'Plan', tasks: [{ ...task('pending'), output: rich('Not Found') }] },
      task('in_progress'),
      { ...table(201, 3), page_size: 100 },
      { type: 'table', rows: [[raw('a'), rich('b')]], column_settings: [{ align: 'right' }] },
      { type: 'markdown', text: '**hi**' },
      { type: 'card', title: { type: 'mrkdwn', text: 'x' }, actions: [button()] },
      { type: 'container', title: plain('x'), child_blocks: [section('y')] },
      {
        type: 'context_actions',
        elements: [{ type: 'icon_button', icon: 'trash', text: plain('x') }],
      },
    ]),
  ).toEqual([]);
});

it('metadata is flat, and goes only when it is taken away', async () => {
  const channel = 'CTEAM0001';
  const good = { event_type: 'sync_request', event_payload: { id: 'R1', ended: false } };
  expect(await post({ text: 'x', metadata: { event_type: 'x' } })).toBe('invalid_metadata_format');
  const deep = { event_type: 'x', event_payload: { a: { b: { c: 1 } } } };
  expect(await post({ text: 'x', metadata: deep })).toBe('invalid_metadata_schema');
  const { ts } = await web.chat.postMessage({ channel, text: 'x', metadata: good });
  const kept = () => slack.workspace.messages(channel)[0]?.metadata;
  await web.apiCall('chat.update', { channel, ts, text: 'y' });
  expect(kept()).toEqual(good);
  const { messages } = await web.conversations.history({ channel, include_all_metadata: true });
  expect(messages?.[0]?.metadata).toEqual(good);
  await web.apiCall('chat.update', { channel, ts, text: 'z', metadata: {} });
  expect(kept()).toBeUndefined();
});

const modal = (more: object = {}) => ({
  type: 'modal',
  title: plain('Find a policy'),
  blocks: [section('Loading')],
  ...more,
});

it.each([
  ['a long title', { title: plain('x'.repeat(25)) }, 'less than 25 characters'],
  [
    'an input without submit',
    { blocks: [{ type: 'input', label: plain('x'), element: { type: 'plain_text_input' } }] },
    'missing required field: submit',
  ],
  [
    'a password input',
    {
      submit: plain('x'),
      blocks: [{ type: 'input', label: plain('x'), element: { type: 'password_input' } }],
    },
    'unsupported type: password_input',
  ],
  ['a data table', { blocks: [table(2, 2)] }, 'unsupported type: data_table'],
  ['a plan', { blocks: [{ type: 'plan', title: 'x' }] }, 'unsupported type: plan'],
  ['private metadata of 3,001', { private_metadata: 'x'.repeat(3001) }, 'less than 3001'],
  ['no blocks', { blocks: [] }, 'no fewer than 1 items'],
])('%s is refused in a modal', async (_what, more, problem) => {
  const refused = await refusal('blocks.validate', { view: modal(more) });
  expect(refused?.error).toBe('invalid_view');
  expect(refused?.response_metadata?.messages?.join('\n')).toContain(problem);
});

it('tokens, scopes and methods are checked', async () => {
  expect(await call('chat.postTelegram', {})).toBe('unknown_method');
  expect((await refusal('auth.test', {}, webFor('xoxb-wrong')))?.error).toBe('invalid_auth');
  expect((await refusal('auth.test', {}, webFor('')))?.error).toBe('not_authed');
  expect(await call('apps.connections.open', {})).toBe('not_allowed_token_type');
  expect(await refusal('conversations.open', { users: 'UANARUIZ1' })).toMatchObject({
    error: 'missing_scope',
    needed: 'channels:manage,groups:write,im:write,mpim:write',
  });
  expect(await call('pins.add', { channel: 'CTEAM0001', timestamp: '1' })).toBe('missing_scope');
  expect(await refusal('users.info', {})).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: ['[ERROR] missing required field: user'] },
  });
});

it('people are found by id and e-mail, deactivated ones not by e-mail', async () => {
  const { user } = await web.users.info({ user: 'UANARUIZ1' });
  expect(user).toMatchObject({
    name: 'ana',
    is_restricted: false,
    profile: { email: 'ana.ruiz@harborpoint.example' },
  });
  const byEmail = (email: string) => call('users.lookupByEmail', { email });
  expect(await byEmail('Ben.Carter@harborpoint.example')).toBe('ok');
  expect(await byEmail('dana.former@harborpoint.example')).toBe('users_not_found');
  expect((await web.users.info({ user: 'UDANAFRM1' })).user).toMatchObject({ deleted: true });
});

it('a channel says whether it is shared with another company', async () => {
  const { channel } = await web.conversations.info({ channel: 'CSHARED01' });
  expect(channel).toMatchObject({ is_ext_shared: true, is_member: true });
  expect(await call('conversations.history', { channel: 'CNOBOT001' })).toBe('not_in_channel');
});

it('history and replies come in pages', async () => {
  const channel = 'CTEAM0001';
  const { ts = '' } = await web.chat.postMessage({ channel, text: 'root' });
  for (const text of ['1', '2', '3']) await web.chat.postMessage({ channel, thread_ts: ts, text });
  const first = await web.conversations.replies({ channel, ts, limit: 3 });
  expect(first.messages?.map(({ text }) => text)).toEqual(['root', '1', '2']);
  const cursor = first.response_metadata?.next_cursor ?? '';
  const rest = await web.conversations.replies({ channel, ts, limit: 3, cursor });
  expect(rest.messages?.map(({ text }) => text)).toEqual(['3']);
  const { messages } = await web.conversations.history({ channel });
  expect(messages?.map(({ text, reply_count }) => [text, reply_count])).toEqual([['root', 3]]);
});

it('published rate limits are kept when asked for', async () => {
  await using strict = await startWorkspace({ enforceRateLimits: true, clock: () => now });
  const client = new WebClient(strict.botToken, {
    slackApiUrl: strict.apiUrl,
    rejectRateLimitedCalls: true,
    logger: silent,
  });
  const channel = 'CTEAM0001';
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'x' });
  for (let turn = 0; turn < 50; turn += 1)
    await client.chat.update({ channel, ts, text: `${turn}` });
  await expect(client.chat.update({ channel, ts, text: 'x' })).rejects.toMatchObject({
    retryAfter: 60,
  });
  now += 61_000;
  await expect(client.chat.update({ channel, ts, text: 'x' })).resolves.toMatchObject({ ok: true });
});
