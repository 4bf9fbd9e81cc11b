import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runBackup } from '#cli/backup.ts';
import { runImport } from '#cli/import.ts';
import { runRestore } from '#cli/restore.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { openAt } from '#database/place.ts';
import { SEED } from '#simulator/firm.ts';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { isOnPostgres, newPostgres } from '#test/support/database.ts';
import { isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';
import { runMain, type Running } from '#test/support/started-bot.ts';

/** A machine is lost while people ask: its process is killed, and every file of it is gone. */

let top: string;
let slack: LocalWorkspace;
let redis: TestRedis;
let client: LocalClient;
let url: string | undefined;
let bot: Running | undefined;
const said: string[] = [];
const print = (line: string): void => void said.push(line);

const place = () =>
  url === undefined ? { DATABASE_FILE: join(top, 'data', 'firm.db') } : { DATABASE_URL: url };
const environment = () => ({
  ...place(),
  REDIS_URL: redis.url.startsWith('/') ? `unix://${redis.url}` : redis.url,
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl.replace(/\/$/, ''),
  CHANNEL_VALUES: 'shown',
});
const config = () => loadConfig({ DATA_DIR: join(top, 'data'), ...environment() });

beforeEach(async () => {
  said.length = 0;
  top = mkdtempSync(join(tmpdir(), 'sync-loss-'));
  mkdirSync(join(top, 'data'), { mode: 0o700 });
  url = isOnPostgres() ? await newPostgres() : undefined;
  slack = await startWorkspace();
  redis = await startTestRedis();
  client = connectClient(slack.url);
  await loadOrCreateKeys(config().keyPlace);
  // The demo carriers, whose logins the files name, load without tokens alone.
  await runImport(
    { config: loadConfig({ DATA_DIR: top, ...place() }), print: () => undefined },
    ['statuses', 'people', 'contacts', 'sources', 'policies'].map((name) =>
      join(SEED, `${name}.csv`),
    ),
  );
  bot = await startBot();
});
afterEach(async () => {
  bot?.bot.kill('SIGKILL');
  await bot?.ended;
  await slack.close();
  await redis[Symbol.asyncDispose]();
  rmSync(top, { recursive: true, force: true, maxRetries: 5 });
});

const startBot = async (): Promise<Running> => {
  const running = runMain(join(top, 'data'), ['bot'], environment());
  await Promise.race([running.ready, running.ended]);
  if (running.bot.exitCode !== null) throw new Error(running.output());
  return running;
};

/** Asks, and waits until Slack shows the card. */
const ask = async (number: string): Promise<void> => {
  await client.command(ANA, TEAM, `/sync policy ${number}`);
  await client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: `the card of ${number}`,
    that: isCardOf(ANA, number),
  });
};

const cards = async (number: string): Promise<number> =>
  (await client.messages(ANA, TEAM)).filter(isCardOf(ANA, number)).length;

/** The policies that people have asked for, as far as the firm knows. */
const asked = async (): Promise<string[]> => {
  const db = await openAt(config());
  try {
    const rows = await db
      .selectFrom('request as r')
      .innerJoin('policy as p', 'p.id', 'r.policy_id')
      .select('p.number')
      .orderBy('r.id')
      .execute();
    return rows.map(({ number }) => number);
  } finally {
    await db.destroy();
  }
};

/** Whatever the machine had, its server as well. */
const loseAll = async (): Promise<void> => {
  bot?.bot.kill('SIGKILL');
  await bot?.ended;
  rmSync(join(top, 'data'), { recursive: true });
  await redis.flush();
  if (url === undefined) return;
  const server = new Client(`${url.slice(0, url.lastIndexOf('/') + 1)}postgres`);
  await server.connect();
  await server.query(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await server.end();
  url = await newPostgres('nothing');
};

it('what was asked for before the last copy is all there, and what came after is named', async () => {
  const [first, second, third] = ['00123-4567', '00312-9085', '00504-2269'] as const;
  await ask(first);
  // While it runs, and somebody asks just then.
  const copy = join(top, 'copies', 'newest');
  const copying = runBackup({ config: config(), print }, copy, { keys: join(top, 'safe') });
  await ask(second);
  expect(await copying).toBe(0);
  await ask(third);
  const before = await asked();
  expect(before).toEqual([first, second, third]);
  const at = Date.now();
  await loseAll();

  mkdirSync(join(top, 'data'), { mode: 0o700 });
  renameSync(join(top, 'safe'), config().keyPlace.folder);
  expect(await runRestore({ config: config(), print }, copy)).toBe(0);
  const until = Date.parse(
    `${/everything until (\S+ \S+) UTC/.exec(said.join('\n'))?.[1]?.replace(' ', 'T') ?? ''}Z`,
  );
  expect(at - until).toBeGreaterThan(0);
  expect(said.join('\n')).toMatch(
    /What came after that, until the bot stopped, may be missing[^]*Nobody here knows what was asked for/,
  );
  const back = await asked();
  expect(back[0]).toBe(first);
  expect(back).not.toContain(third);

  bot = await startBot();
  // Each card stands once: what is known goes on with the one that Slack shows.
  await ask(third);
  await expect.poll(asked).toEqual([...back, third]);
  expect(await cards(first)).toBe(1);
  await expect.poll(() => cards(third)).toBe(2);
}, 180_000);
