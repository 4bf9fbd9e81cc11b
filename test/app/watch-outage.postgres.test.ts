import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMetrics } from '#app/metrics.ts';
import { createPulse } from '#app/pulse.ts';
import { watchBot, type Watch } from '#app/watch.ts';
import type { Database } from '#database/connection.ts';
import { openPostgres } from '#database/postgres.ts';
import { producerConnection } from '#queue/connection.ts';
import { createMessageQueue } from '#queue/messages.ts';
import { createSlackLimits } from '#queue/slack-limits.ts';
import { createBudget, SLACK_BUDGET } from '#slack/budget.ts';
import { newPostgres } from '#test/support/database.ts';
import { startTestRedis } from '#test/support/redis-server.ts';
import { wayToPostgres } from '#test/support/way-to-postgres.ts';

/** A bot tells of itself while what it leans on is away. */

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** What a bot tells that leans on these. */
const watched = async (
  db: Database,
  redis: string,
  more: { isStarted?: boolean; slack?: string[] } = {},
): Promise<Watch> =>
  stack.use(
    await watchBot(
      { host: '127.0.0.1', port: 0, metrics: createMetrics() },
      {
        store: { db, clock: Date.now },
        redis,
        pulse: createPulse(Date.now, { sweep: 60_000 }),
        lacks: () => more.slack ?? [],
        isStarted: () => more.isStarted ?? true,
        budget: createBudget(
          Date.now,
          SLACK_BUDGET,
          stack.use(createSlackLimits(producerConnection(redis), Date.now)),
        ),
        messages: stack.use(createMessageQueue(producerConnection(redis))),
      },
    ),
  );

it('numbers come while the database is silent, and say so; so they do of Redis', async () => {
  const way = stack.use(await wayToPostgres(await newPostgres()));
  const redis = stack.use(await startTestRedis());
  const db = await openPostgres({ url: way.at, connections: 2 });
  stack.defer(() => {
    way.cut();
    return db.destroy();
  });
  await db.insertInto('carrier').values({ id: 'c', name: 'C', paused_reason: 'by-hand' }).execute();
  const watch = await watched(db, redis.url);
  const read = async (): Promise<string> => {
    const answer = await fetch(`${watch.url}/metrics`);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const database = (is: 0 | 1) => `swivel_answers{what="database"} ${is}`;
  const queue = (is: 0 | 1) => `swivel_answers{what="redis"} ${is}`;
  const paused = 'swivel_carrier_paused{carrier="c"} 1';
  await expect.poll(read).toContain(queue(1));
  expect(await read()).toContain(database(1));
  expect(await read()).toContain(paused);

  way.hush();
  const silent = await read();
  expect(silent).toContain(database(0));
  expect(silent).toContain(queue(1));
  expect(silent).toContain('swivel_since_round_seconds{round="sweep"}');
  expect(silent).not.toContain(paused);
  const ready = await fetch(`${watch.url}/ready`);
  expect(ready.status).toBe(200);
  expect(await ready.text()).toContain('"notices":["the database does not answer: nothing came');

  way.cut();
  way.mend();
  await expect.poll(read).toContain(database(1));
  expect(await read()).toContain(paused);
  await redis.stop();
  expect(await read()).toContain(queue(0));
  await redis.start();
  await expect.poll(read).toContain(queue(1));
});

it('a Postgres that only reads is said to, and what to do, until it takes writes', async () => {
  const url = await newPostgres();
  const redis = stack.use(await startTestRedis());
  const [db, admin] = [await openPostgres({ url }), await openPostgres({ url, connections: 1 })];
  stack.defer(() => db.destroy());
  stack.defer(() => admin.destroy());
  const watch = await watched(db, redis.url);
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(`${watch.url}${path}`);
    return `${answer.status} ${await answer.text()}`;
  };
  await expect.poll(() => read('/ready')).toMatch(/^200 /);

  // As after a failover: what is open breaks, and who connects again finds one that only reads.
  const name = sql.id(new URL(url).pathname.slice(1));
  const failOver = async (is: 'on' | 'off'): Promise<void> => {
    await sql`alter database ${name} set default_transaction_read_only = ${sql.raw(is)}`.execute(
      admin,
    );
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(admin);
  };
  await failOver('on');
  await expect
    .poll(() => read('/ready'))
    .toMatch(/^200 .*the database only reads: .* Give its disk room/);
  expect(await read('/metrics')).toContain('swivel_answers{what="database"} 0');
  await failOver('off');
  await expect.poll(() => read('/ready')).not.toContain('database');
  expect(await read('/metrics')).toContain('swivel_answers{what="database"} 1');
});

it('a bot stays ready without Redis and Slack, which it says, once its start has come to its end', async () => {
  const redis = stack.use(await startTestRedis());
  const db = await openPostgres({ url: await newPostgres(), connections: 1 });
  stack.defer(() => db.destroy());
  const more = { isStarted: false, slack: ['no connection to Slack'] };
  const watch = await watched(db, redis.url, more);
  const ready = async () => {
    const answer = await fetch(`${watch.url}/ready`);
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  await expect
    .poll(ready)
    .toEqual({ status: 503, ok: false, problems: ['no connection to Slack'] });
  more.isStarted = true;
  expect(await ready()).toEqual({ status: 200, ok: true, notices: ['no connection to Slack'] });
  await redis.stop();
  expect(await ready()).toMatchObject({
    status: 200,
    notices: [expect.stringMatching('^Redis '), 'no connection to Slack'],
  });
});
