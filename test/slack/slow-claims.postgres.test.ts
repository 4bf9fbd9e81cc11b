import { sql } from 'kysely';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openPostgres } from '#database/postgres.ts';
import { MINUTE } from '#shared/clock.ts';
import { deduplicate } from '#slack/dedupe.ts';
import { tellOwed } from '#slack/owed.ts';
import { newPostgres } from '#test/support/database.ts';

/** Two bots on a Postgres that keeps both of them waiting answer an act once. */

let url: string;
let held: Database;
let stack: AsyncDisposableStack;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  url = await newPostgres();
  held = await opened();
});
afterEach(() => stack.disposeAsync());

const opened = async (): Promise<Database> =>
  stack.adopt(await openPostgres({ url, connections: 4 }), (db) => db.destroy());

type Body = Parameters<App['processEvent']>[0]['body'];
const COMMAND: Body = {
  command: '/sync',
  team_id: 'T1',
  user_id: 'U1',
  channel_id: 'C1',
  trigger_id: '1',
};
const botOf = async (
  name: string,
  answers: string[],
  work: () => Promise<unknown> = () => Promise.resolve(),
) => {
  const acks: unknown[] = [];
  const failures: unknown[] = [];
  const app = {
    processEvent: (async ({ ack }) => {
      await work();
      await ack();
      answers.push(name);
    }) as App['processEvent'],
  };
  const db = await opened();
  deduplicate(app, { db, clock: Date.now }, async (_body, error) => void failures.push(error));
  const send = (body: Body) =>
    app.processEvent({ body, ack: async (answer) => void acks.push(answer ?? 'nothing') });
  return { acks, failures, send };
};

/** Whoever writes there waits until `release`. */
const holdHandled = async () => {
  const released = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const holding = held.transaction().execute(async (trx) => {
    await sql`lock table handled in access exclusive mode`.execute(trx);
    taken.resolve();
    await released.promise;
  });
  await taken.promise;
  const waiting = async (): Promise<number> => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_locks l
      join pg_database d on d.oid = l.database
      where d.datname = current_database() and not l.granted`.execute(held);
    return rows[0]?.n ?? 0;
  };
  return {
    waiting,
    release: async () => {
      released.resolve();
      await holding;
    },
  };
};

it('acknowledges a command whose claim takes long, and answers it once, when it is known whose it is', async () => {
  const answers: string[] = [];
  const bots = [await botOf('one', answers), await botOf('other', answers)];
  const { release } = await holdHandled();
  const sent = bots.map(({ send }) => send(COMMAND));
  await expect.poll(() => bots.flatMap(({ acks }) => acks)).toEqual(['nothing', 'nothing']);
  expect(answers).toEqual([]);
  await release();
  await Promise.all(sent);
  expect(answers).toHaveLength(1);
  expect(bots.flatMap(({ acks, failures }) => [...acks, ...failures])).toHaveLength(2);
});

it('asks again for a claim whose connection broke, and answers once', async () => {
  const answers: string[] = [];
  const bots = [await botOf('one', answers), await botOf('other', answers)];
  const { release, waiting } = await holdHandled();
  const sent = bots.map(({ send }) => send(COMMAND));
  await expect.poll(waiting).toBe(2);
  await sql`select pg_terminate_backend(l.pid) from pg_locks l
    join pg_database d on d.oid = l.database
    where d.datname = current_database() and not l.granted`.execute(held);
  await expect.poll(waiting).toBe(2);
  await release();
  await Promise.all(sent);
  expect(answers).toHaveLength(1);
  expect(bots.flatMap(({ failures }) => failures)).toEqual([]);
});

it('tells who asked where the bot ended after its ack and before its work', async () => {
  const begun = Promise.withResolvers<void>();
  const killed = Promise.withResolvers<void>();
  const bot = await botOf('killed', [], () => {
    begun.resolve();
    return killed.promise;
  });
  const { release } = await holdHandled();
  const sent = bot.send(COMMAND);
  await expect.poll(() => bot.acks).toEqual(['nothing']);
  await release();
  await begun.promise;

  const told: string[] = [];
  const clock = (): number => Date.now() + 15 * MINUTE;
  const tell = (to: string): Promise<void> => Promise.resolve(void told.push(to));
  await tellOwed({ store: { db: held, clock }, clock, tell });
  expect(told).toEqual(['U1']);
  killed.resolve();
  await sent;
});

it('owes nothing once the work after a late ack is done', async () => {
  const answers: string[] = [];
  const bot = await botOf('one', answers);
  const { release } = await holdHandled();
  const sent = bot.send(COMMAND);
  await expect.poll(() => bot.acks).toEqual(['nothing']);
  await release();
  await sent;
  const owed = await held.selectFrom('handled').select(['claimed_by', 'owed_to']).execute();
  expect(owed).toEqual([{ claimed_by: null, owed_to: null }]);
  expect([answers, bot.failures]).toEqual([['one'], []]);
});
