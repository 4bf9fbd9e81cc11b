import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { connectClient } from '#simulator/workspace/client.ts';
import { section } from '#slack/blocks.ts';
import { bringAllUp, type BringUpDeps, type DesiredMessage } from '#slack/deliver.ts';
import { createBudget, SLACK_BUDGET } from '#slack/budget.ts';
import { NO_LIMITS } from '#test/support/no-limits.ts';
import { createCharts } from '#slack/charts.ts';
import { chartPicture, pictureBlock } from '#slack/picture.ts';
import { withPictures } from '#slack/picture-upload.ts';

const charts = createCharts();
afterAll(() => charts[Symbol.asyncDispose]());

let slack: LocalWorkspace;
let deps: BringUpDeps;
let logged: string[];
let db: Database;

beforeEach(async () => {
  slack = await startWorkspace();
  db = await openTestDatabase();
  logged = [];
  deps = {
    store: { db, clock: Date.now },
    client: new WebClient(slack.botToken, {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
    }),
    budget: createBudget(Date.now, { ...SLACK_BUDGET, retryMs: 1 }, NO_LIMITS),
    places: { look: () => Promise.resolve('open'), isGone: () => Promise.resolve(false) },
    charts,
    redirect: () => Promise.resolve('nowhere'),
    show: () => Promise.resolve(),
    log: (problem) => void logged.push(problem),
  };
});

afterEach(async () => {
  await slack.close();
  await db.destroy();
});

const picture = chartPicture({
  kind: 'bars',
  title: 'Policies',
  unit: { kind: 'count' },
  bars: [{ label: 'Success', value: 3, tone: 'good' }],
});

const message = (text: string): DesiredMessage => ({
  key: 'card',
  inThread: false,
  text,
  blocks: [section(text), pictureBlock(picture)],
  pictures: [picture],
  final: false,
});

const show = (text: string) =>
  bringAllUp(
    deps,
    { kind: 'notification', id: 'notification:1', channel: 'CTEAM0001', weight: 1 },
    [message(text)],
  );

const shown = async () =>
  (await connectClient(slack.url).messages('ana', 'team')).at(-1)?.blocks ?? [];

const uploads = () =>
  slack.workspace.calls().filter(({ method }) => method === 'files.completeUploadExternal');

it('sends a picture once, shows it in the message, and again after a change of the text', async () => {
  await show('First');
  const [, image] = await shown();
  expect(image).toMatchObject({ type: 'image', alt_text: 'Policies. Success: 3.' });
  const bytes = await fetch((image as { image_url: string }).image_url);
  expect(bytes.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await bytes.arrayBuffer()).equals(await charts.draw(picture.spec))).toBe(true);
  await show('First');
  await show('Second');
  expect(uploads()).toHaveLength(1);
  expect((await shown())[1]).toMatchObject({ type: 'image' });
});

it.each([
  ['files.getUploadURLExternal', 'file_uploads_disabled'],
  ['files.completeUploadExternal', 'file_not_found'],
])('loses the picture and not the message when %s is refused', async (method, error) => {
  slack.workspace.setFaults({ fail: [{ method, error, times: 1 }] });
  await show('First');
  const blocks = await shown();
  expect(blocks.map(({ type }) => type)).toEqual(['section', 'context']);
  expect(JSON.stringify(blocks)).toContain('Policies. Success: 3.');
  expect(logged).toEqual(['a picture could not be sent, its text stands instead']);
});

it('loses the picture and not the message when it cannot be drawn', async () => {
  deps = { ...deps, charts: { draw: () => Promise.reject(new Error('No canvas')) } };
  await show('First');
  const blocks = await shown();
  expect(blocks.map(({ type }) => type)).toEqual(['section', 'context']);
  expect(JSON.stringify(blocks)).toContain('Policies. Success: 3.');
  expect(logged).toEqual(['a picture could not be sent, its text stands instead']);
});

it('tries a picture again that Slack has not looked at yet', async () => {
  slack.workspace.setFaults({
    fail: [{ method: 'chat.postMessage', error: 'invalid_blocks', times: 1 }],
  });
  await show('First');
  expect((await shown()).map(({ type }) => type)).toEqual(['section', 'image']);
  expect(logged).toEqual([]);
});

it('keeps everything else when Slack will not have the picture at all', async () => {
  slack.workspace.setFaults({
    fail: [{ method: 'chat.postMessage', error: 'invalid_blocks', times: 2 }],
  });
  await show('First');
  expect((await shown()).map(({ type }) => type)).toEqual(['section', 'context']);
});

it('shows a picture in a modal or Home', async () => {
  const blocks = await withPictures(deps, [pictureBlock(picture)], [picture]);
  await deps.client.views.publish({ user_id: 'UANARUIZ1', view: { type: 'home', blocks } });
  const { home } = await connectClient(slack.url).state('ana');
  expect(home?.blocks).toMatchObject([{ type: 'image', alt_text: 'Policies. Success: 3.' }]);
});

it('the workspace refuses a file that it does not know, and shares one in a channel', async () => {
  const image = { type: 'image' as const, slack_file: { id: 'F0' }, alt_text: 'x' };
  await expect(
    deps.client.chat.postMessage({ channel: 'CTEAM0001', text: 'x', blocks: [image] }),
  ).rejects.toThrow('invalid_blocks');
  await deps.client.files.uploadV2({
    channel_id: 'CTEAM0001',
    file: Buffer.from('a,b\n1,2\n'),
    filename: 'history.csv',
    initial_comment: 'Here it is',
  });
  const [shared] = (await connectClient(slack.url).messages('ana', 'team')).slice(-1);
  expect(shared).toMatchObject({ text: 'Here it is', files: [{ name: 'history.csv' }] });
  expect(await (await fetch(shared?.files?.[0]?.url ?? '')).text()).toBe('a,b\n1,2\n');
});
