import { expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { connectClient } from '#simulator/workspace/client.ts';
import { startWorkspace } from '#simulator/workspace/server.ts';
import { connectSlack } from '#slack/connect.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { ANA, TEAM } from '#test/support/people.ts';

/** A bot that gives way to another leaves nobody with a command that failed. */

it('acknowledges what had come when it was told to stop, and hears nothing more', async () => {
  await using stack = new AsyncDisposableStack();
  const slack = stack.adopt(await startWorkspace(), (one) => one.close());
  const db = stack.adopt(await openTestDatabase(), (one) => one.destroy());
  const connection = await connectSlack({
    botToken: new Secret(slack.botToken),
    by: { kind: 'socket', appToken: new Secret(slack.appToken) },
    apiUrl: slack.apiUrl,
    store: { db, clock: Date.now },
    log: () => undefined,
  });
  const [heard, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  connection.app.command('/sync', async ({ ack }) => {
    heard.resolve();
    await released.promise;
    await ack();
  });
  await connection.start();
  const client = connectClient(slack.url);
  const asked = client.command(ANA, TEAM, '/sync help');
  await heard.promise;
  const stopped = connection.stop();
  released.resolve();
  expect((await asked).ok).toBe(true);
  await stopped;
  expect((await client.command(ANA, TEAM, '/sync help')).ok).toBe(false);
});
