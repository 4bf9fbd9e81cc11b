import { createHmac } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { onlySignedNow } from '#slack/signed-requests.ts';
import { SIGNING_SECRET } from '#test/support/firm.ts';
import { useFirm } from '#test/support/use-firm.ts';

const firm = useFirm({ http: true });

it('answers over signed HTTP requests as it does over Socket Mode, on the web server of the link page', async () => {
  expect(firm.local.workspace.workspace.connections()).toBe(0);
  await firm.client.command('ana', 'team', '/sync help');
  const answer = await firm.client.waitForMessage({
    as: 'ana',
    channel: 'team',
    what: 'the help',
    that: (message) => message.ephemeral,
  });
  expect(answer.text).toContain('/sync policy');
  expect((await fetch(`${firm.bot.url}/health`)).status).toBe(200);
  const forged = await fetch(`${firm.bot.url}/slack/events`, {
    method: 'POST',
    body: 'command=%2Fsync&text=policy',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)),
      'x-slack-signature': 'v0=forged',
    },
  });
  expect(forged.status).toBe(401);
});

it.each([
  ['of now', 0, 200],
  ['of ten minutes ago', -10, 401],
  ['of ten minutes ahead', 10, 401],
])('a request signed with the right secret %s is answered so', async (_, minutes, status) => {
  const seconds = String(Math.floor(Date.now() / 1000) + minutes * 60);
  const body = 'ssl_check=1';
  const signature = createHmac('sha256', SIGNING_SECRET)
    .update(`v0:${seconds}:${body}`)
    .digest('hex');
  const answer = await fetch(`${firm.bot.url}/slack/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${signature}`,
    },
  });
  expect(answer.status).toBe(status);
});

it('a wrong signing secret is told of once a minute, with how often', () => {
  let now = Date.UTC(2026, 10, 20);
  const told: string[] = [];
  const guard = onlySignedNow(
    (line) => void told.push(line),
    () => now,
  );
  const refuse = (): void => {
    const response = Object.assign(new EventEmitter(), { statusCode: 401 });
    guard({ get: () => undefined } as never, response as never, () => undefined);
    response.emit('finish');
  };
  for (let n = 0; n < 5; n += 1) refuse();
  now += 61_000;
  refuse();
  expect(told.map((line) => line.split(' to ')[0])).toEqual(['1 request', '5 requests']);
  expect(told[0]).toContain('correct SLACK_SIGNING_SECRET');
});
