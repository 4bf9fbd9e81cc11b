import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, ReceiverEvent } from '@slack/bolt';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '#database/connection.ts';
import { createTell } from '#features/notifications/tell.ts';
import { producerConnection } from '#queue/connection.ts';
import { createLateActs } from '#queue/late-acts.ts';
import { MINUTE } from '#shared/clock.ts';
import { deduplicate, type FirstWord } from '#slack/dedupe.ts';
import { bringLate, tellOwed } from '#slack/owed.ts';
import { startFirm } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

/** A file that another program holds keeps an act waiting for longer than Slack waits. */

let stack: AsyncDisposableStack;
let redis: TestRedis;
let file: string;
let other: BetterSqlite.Database;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  redis = stack.use(await startTestRedis());
  const folder = stack.use(await mkdtempDisposable(join(tmpdir(), 'sync-late-')));
  file = join(folder.path, 'firm.db');
  await (await openDatabase(file)).destroy();
  other = new BetterSqlite(file);
  stack.defer(() => void other.close());
});
afterEach(() => stack.disposeAsync());

const lateActs = async () => {
  const connection = producerConnection(redis.url);
  await once(connection, 'ready');
  return stack.use(createLateActs(connection));
};

const COMMAND: ReceiverEvent['body'] = {
  command: '/sync',
  team_id: 'T1',
  user_id: 'U1',
  channel_id: 'C1',
  trigger_id: '1',
};

/** A bot that is sent the command, and writes something before its ack. */
const botOf = async ({
  firstWord,
  tells,
}: { firstWord?: FirstWord; tells?: Promise<void> } = {}) => {
  const db = await openDatabase(file);
  const failures: unknown[] = [];
  const app: Pick<App, 'processEvent'> = {
    processEvent: async ({ ack }) => {
      await ack();
    },
  };
  const failed = async (_body: unknown, error: unknown): Promise<void> => {
    failures.push(error);
    await tells;
  };
  const late = await lateActs();
  deduplicate(app, { db, clock: Date.now }, failed, { firstWord, late });
  const acked = Promise.withResolvers<void>();
  const send = () => app.processEvent({ body: COMMAND, ack: async () => acked.resolve() });
  return { acked: acked.promise, db, failures, send };
};

const toldLater = async (): Promise<string[]> => {
  const db = await openDatabase(file);
  stack.defer(() => db.destroy());
  const clock = (): number => Date.now() + 15 * MINUTE;
  const store = { db, clock };
  const tell = createTell({ store, show: () => Promise.resolve(true) });
  const late = await lateActs();
  for (const _bot of ['one', 'other']) {
    await bringLate({ store, clock }, late);
    await tellOwed({ store, clock, tell });
  }
  expect(await late.all()).toEqual([]);
  return (await db.selectFrom('notification').select('channel').execute()).map(
    ({ channel }) => channel,
  );
};

it('tells who asked where the bot ends before the file takes what it has acknowledged', async () => {
  const never = Promise.withResolvers<void>();
  const bot = await botOf({ tells: never.promise });
  other.exec('begin immediate');
  void bot.send();
  await bot.acked;
  // Nothing of it is in the file, and nothing comes of it any more.
  await bot.db.destroy();
  other.exec('commit');
  expect(await toldLater()).toEqual(['U1']);
});

it('tells nobody of what the file took after all', async () => {
  const bot = await botOf();
  other.exec('begin immediate');
  const sent = bot.send();
  await bot.acked;
  other.exec('commit');
  await sent;
  await bot.db.destroy();
  expect(await toldLater()).toEqual([]);
});

it('says at once that it did not work where the file never took what was acknowledged', async () => {
  const bot = await botOf({
    firstWord: async () => {
      await bot.acked;
      await bot.db.destroy();
      return undefined;
    },
  });
  other.exec('begin immediate');
  await bot.send();
  expect(bot.failures).toHaveLength(1);
  other.exec('commit');
  expect(await toldLater()).toEqual([]);
});

it('a bot keeps what it acknowledges meanwhile in Redis, until it has answered', async () => {
  await using firm = await startFirm({ databaseFile: file });
  const connection = producerConnection(firm.redis.url);
  await once(connection, 'ready');
  await using late = createLateActs(connection);
  other.exec('begin immediate');
  const asked = firm.client.command(ANA, TEAM, '/sync sources');
  expect(await asked).toEqual({ ok: true });
  expect(await late.all()).toMatchObject([{ to: ANA, in: TEAM }]);
  other.exec('commit');
  const answers = async (): Promise<number> =>
    (await firm.client.messages(ANA, TEAM)).filter(({ text }) =>
      text.includes('Your login sources'),
    ).length;
  await expect.poll(answers).toBe(1);
  await expect.poll(() => late.all()).toEqual([]);
});
