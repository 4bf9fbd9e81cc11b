import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answers, producerConnection } from '#queue/connection.ts';
import { createLooks } from '#queue/looks.ts';
import { connectClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { createPlaces } from '#slack/place.ts';
import { TEAM } from '#test/support/people.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';
import { silent } from '#test/support/silent.ts';

/** Two bots show in one channel, and who reads it is asked once for both. */

const LOOK_KEPT_MS = 15_000;

let stack: AsyncDisposableStack;
let slack: LocalWorkspace;
let redis: TestRedis;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 10, 20, 15);
  stack = new AsyncDisposableStack();
  slack = await startWorkspace({ clock: () => now });
  stack.defer(() => slack.close());
  redis = stack.use(await startTestRedis());
});
afterEach(() => stack.disposeAsync());

const newBot = async () => {
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: silent,
  });
  const connection = producerConnection(redis.url);
  const looks = stack.use(createLooks(connection));
  await expect.poll(() => answers(connection)).toBe(true);
  return createPlaces(
    client,
    () => now,
    () => undefined,
    looks,
  );
};

const asked = async (): Promise<number> =>
  (await connectClient(slack.url).calls()).filter(({ method }) => method === 'conversations.info')
    .length;

it('what one of them saw counts for the other, for as long as for the one that looked', async () => {
  const [one, other] = [await newBot(), await newBot()];
  expect(await one.look(TEAM)).toBe('open');
  now += LOOK_KEPT_MS - 1;
  expect(await other.look(TEAM)).toBe('open');
  expect(await asked()).toBe(1);
  slack.workspace.changeChannel(TEAM, { externallyShared: true });
  now += 2;
  expect(await other.look(TEAM)).toBe('shared-outside');
  expect(await one.look(TEAM)).toBe('shared-outside');
  expect(await asked()).toBe(2);
});

it('what Slack did not say is asked again by each', async () => {
  const [one, other] = [await newBot(), await newBot()];
  slack.workspace.setFaults({ fail: [{ method: 'conversations.info', status: 500, times: 1 }] });
  expect(await one.look(TEAM)).toBe('unknown');
  slack.workspace.setFaults({});
  expect(await other.look(TEAM)).toBe('open');
});

it('each asks Slack by itself while Redis is away', async () => {
  const [one, other] = [await newBot(), await newBot()];
  await redis.stop();
  expect(await one.look(TEAM)).toBe('open');
  expect(await other.look(TEAM)).toBe('open');
  expect(await asked()).toBe(2);
});
