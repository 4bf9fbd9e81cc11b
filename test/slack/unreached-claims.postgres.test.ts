import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPostgres } from '#database/postgres.ts';
import { producerConnection } from '#queue/connection.ts';
import { createFirstWord } from '#queue/first-word.ts';
import { deduplicate } from '#slack/dedupe.ts';
import { newPostgres } from '#test/support/database.ts';
import { wayToPostgres, type WayToPostgres } from '#test/support/way-to-postgres.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

/** Two bots whose Postgres is out of reach for longer than they ask for it tell a person once. */

let url: string;
let redis: TestRedis;
let stack: AsyncDisposableStack;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  url = await newPostgres();
  redis = stack.use(await startTestRedis());
});
afterEach(() => stack.disposeAsync());

type Body = Parameters<App['processEvent']>[0]['body'];
const COMMAND: Body = { command: '/sync', team_id: 'T1', user_id: 'U1', trigger_id: '1' };

const told: string[] = [];
const botOf = async (name: string, beforeAck: (way: WayToPostgres) => void = () => undefined) => {
  const way = stack.use(await wayToPostgres(url));
  const db = stack.adopt(await openPostgres({ url: way.at, connections: 2 }), (one) =>
    one.destroy(),
  );
  const app = {
    processEvent: (async ({ ack }) => {
      beforeAck(way);
      await ack();
      told.push(`${name} answers`);
    }) as App['processEvent'],
  };
  deduplicate(app, { db, clock: Date.now }, async () => void told.push(`${name} did not work`), {
    firstWord: stack.use(createFirstWord(producerConnection(redis.url))),
  });
  const acks: unknown[] = [];
  const send = () => app.processEvent({ body: COMMAND, ack: async () => void acks.push('acked') });
  return { ...way, acks, send };
};
beforeEach(() => {
  told.length = 0;
});

it('one of them says that it did not work', async () => {
  const bots = [await botOf('one'), await botOf('other')];
  for (const { cut } of bots) cut();
  await Promise.all(bots.map(({ send }) => send()));
  expect(told).toHaveLength(1);
  expect(bots.flatMap(({ acks }) => acks)).toHaveLength(2);
});

it('the one that reaches it answers, and the other says nothing', async () => {
  const [one, other] = [await botOf('one'), await botOf('other')];
  one.cut();
  other.cut();
  const sent = [one.send(), other.send()];
  // Both have acknowledged by then, and ask for it still.
  await expect.poll(() => [...one.acks, ...other.acks]).toHaveLength(2);
  other.mend();
  await Promise.all(sent);
  expect(told).toEqual(['other answers']);
});

it('one that reaches it after a person was told carries nothing out', async () => {
  const [one, other] = [await botOf('one'), await botOf('other')];
  one.cut();
  other.cut();
  const first = one.send();
  await expect.poll(() => one.acks).toHaveLength(1);
  const second = other.send();
  await first;
  expect(told).toEqual(['one did not work']);
  other.mend();
  await second;
  expect(told).toEqual(['one did not work']);
});

it('one whose mark was committed and got no answer answers all the same', async () => {
  const bot = await botOf('one', ({ loseAnswersOf }) => loseAnswersOf('"claimed_by" = $'));
  await bot.send();
  expect(bot.lost()).toBe(1);
  expect({ told, acks: bot.acks }).toEqual({ told: ['one answers'], acks: ['acked'] });
});
