import { expect, it } from 'vitest';
import { startFirm } from '#test/support/firm.ts';

it('answers over signed HTTP requests as it does over Socket Mode, on the web server of the link page', async () => {
  await using firm = await startFirm({ http: true });
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
