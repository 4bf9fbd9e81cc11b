import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';

/** The workspace beyond Socket Mode: request addresses, its fence, its faults, what it keeps. */
const signingSecret = 'a-secret-of-the-test-0123456789';
let now = Date.UTC(2026, 10, 20, 15);
let slack: LocalWorkspace;
let client: LocalClient;
let app: App;
let eventsUrl: string;

beforeEach(async () => {
  now = Date.UTC(2026, 10, 20, 15);
  slack = await startWorkspace({ clock: () => now });
  client = connectClient(slack.url);
  app = new App({
    token: slack.botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    receiver: new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR }),
  });
  const server = await app.start(0);
  const { port } = server.address() as AddressInfo;
  eventsUrl = `http://127.0.0.1:${port}/slack/events`;
  slack.workspace.useHttp({ eventsUrl, signingSecret });
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const view = {
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'Loading' },
  blocks: [{ type: 'divider' as const }],
};

const errorOf = (error: { data?: { error: string } }): string => error.data?.error ?? 'unknown';

it('a command reaches a real Bolt app over signed HTTP', async () => {
  app.command('/sync', async ({ ack, command }) => {
    await ack(`You said ${command.text}`);
  });
  expect(await client.command('ana', 'team', '/sync help')).toMatchObject({ ok: true });
  expect((await client.messages('ana', 'team'))[0]?.text).toBe('You said help');
});

it('a wrong signing secret is refused by the app, and the person sees the failure', async () => {
  app.command('/sync', async ({ ack }) => {
    await ack('never');
  });
  slack.workspace.useHttp({ eventsUrl, signingSecret: 'another' });
  expect((await client.command('ana', 'team', '/sync help')).problem).toContain('dispatch_failed');
});

it('a trigger opens one modal, within 3 s', async () => {
  const triggers: string[] = [];
  app.command('/sync', async ({ ack, command }) => {
    triggers.push(command.trigger_id);
    await ack();
  });
  await client.command('ana', 'team', '/sync one');
  await client.command('ana', 'team', '/sync two');
  const [one = '', two = ''] = triggers;
  const open = (trigger_id: string) =>
    app.client.views.open({ trigger_id, view }).then(() => 'ok', errorOf);
  expect(await open(one)).toBe('ok');
  expect(await open(one)).toBe('exchanged_trigger_id');
  now += 3001;
  expect(await open(two)).toBe('expired_trigger_id');
  expect(await open('1.2.abc')).toBe('invalid_trigger_id');
});

it('a response_url lives for 30 minutes', async () => {
  const addresses: string[] = [];
  app.command('/sync', async ({ ack, command }) => {
    addresses.push(command.response_url);
    await ack();
  });
  await client.command('ana', 'team', '/sync one');
  const answer = async () => {
    const response = await fetch(addresses[0] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'later' }),
    });
    return [response.status, await response.text()];
  };
  expect(await answer()).toEqual([200, 'ok']);
  now += 30 * 60_000 + 1;
  expect(await answer()).toEqual([404, '{"ok":false,"error":"expired_url"}']);
});

it('what is asked of it fails: an error, a status, a 429, a dropped answer after the work', async () => {
  const channel = 'CTEAM0001';
  const post = (text: string) =>
    app.client.chat.postMessage({ channel, text }).then(() => 'ok', errorOf);
  await client.faults({
    fail: [
      { method: 'chat.postMessage', times: 1, error: 'internal_error' },
      { method: '*', times: 1, status: 503 },
    ],
    dropAfter: [{ method: 'chat.postMessage', times: 1 }],
  });
  expect(await post('lost')).toBe('internal_error');
  expect(await post('lost too')).toBe('unknown');
  expect(await post('done, and not told')).toBe('unknown');
  expect(await post('fine')).toBe('ok');
  expect((await client.messages('ana', 'team')).map(({ text }) => text)).toEqual([
    'done, and not told',
    'fine',
  ]);
  await client.faults({ fail: [{ method: 'chat.postMessage', times: 1, retryAfter: 7 }] });
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST' });
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
});

it('only pages of this machine may use it', async () => {
  const status = async (headers: Record<string, string>): Promise<number | undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const address = `${slack.url}/local/state?as=UANARUIZ1`;
    rawRequest(address, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
    return promise;
  };
  const { host } = new URL(slack.url);
  expect(await status({ host })).toBe(200);
  expect(await status({ host, origin: slack.url })).toBe(200);
  expect(await status({ host: 'rebound.example' })).toBe(403);
  expect(await status({ host, origin: 'https://evil.example' })).toBe(403);
  expect(await status({ host, origin: 'http://127.0.0.1:1' })).toBe(403);
});

it('what was said survives a restart, what only one person saw does not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  const stateFile = join(folder, 'workspace-state.json');
  const first = await startWorkspace({ stateFile });
  const ana = connectClient(first.url);
  const { ts } = await ana.post('ana', 'team', 'Good morning');
  await ana.command('ana', 'team', '/sync help');
  expect(await ana.messages('ana', 'team')).toHaveLength(2);
  await first.close();
  await using again = await startWorkspace({ stateFile, port: Number(new URL(first.url).port) });
  expect(again.botToken).toBe(first.botToken);
  expect(await connectClient(again.url).messages('ana', 'team')).toMatchObject([
    { ts, text: 'Good morning' },
  ]);
  await rm(folder, { recursive: true });
});

it('a wait that ends in nothing tells what was seen', async () => {
  await client.post('ana', 'team', 'Nothing to see');
  const waiting = client.waitForMessage({
    as: 'ana',
    channel: 'team',
    what: 'a card',
    that: ({ text }) => text === 'Success',
    ms: 50,
  });
  await expect(waiting).rejects.toThrow(
    /Waited 0.05 s for a card.\nSeen instead:\nAna Ruiz .*\n {2}Nothing to see/,
  );
});
