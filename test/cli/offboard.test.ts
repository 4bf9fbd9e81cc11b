import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runImport } from '#cli/import.ts';
import { runOffboard } from '#cli/offboard/offboard.ts';
import { giveConsent } from '#core/logins/store/consent.ts';
import { openAsItIs, openAt } from '#database/place.ts';
import { claimDatabase } from '#database/serving.ts';
import { countOf, tablesOf } from '#database/tables.ts';
import { chained, digestOf } from '#db/audit-chain.ts';
import { producerConnection } from '#queue/connection.ts';
import { ACTS } from '#queue/first-word.ts';
import { createSessionQueue } from '#queue/sessions.ts';
import { SEED } from '#simulator/firm.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { isOnPostgres, newPostgres } from '#test/support/database.ts';
import { setLinked } from '#test/support/logins.ts';
import { TEAM } from '#test/support/people.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

/** A firm leaves: all of it is written to a folder, and nothing of it stays here. */

let slack: LocalWorkspace;
let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());

let top: string;
let url: string | undefined;
let lines: string[];
beforeEach(async () => {
  slack = await startWorkspace();
  top = mkdtempSync(join(tmpdir(), 'sync-leave-'));
  url = isOnPostgres() ? await newPostgres() : undefined;
  lines = [];
  await runImport(
    { config: trial(), print: () => undefined },
    ['statuses', 'people', 'contacts', 'sources', 'policies'].map((name) =>
      join(SEED, `${name}.csv`),
    ),
  );
  await opened(async (db) => {
    await claimDatabase(db, { teamId: slack.teamId, local: false });
    const login = await db
      .selectFrom('login_source')
      .select(['id', 'holder_id'])
      .orderBy('id')
      .executeTakeFirstOrThrow();
    await setLinked(db, true, login.id);
    await giveConsent(db, login.id, { personId: login.holder_id, at: 1, automatic: true });
    const secret = { owner_id: login.id, kind: 'password', source_id: login.id, key_id: 'k' };
    await db
      .insertInto('sealed_secret')
      .values({ ...secret, sealed: 'sealed-hush', created_at: 0 })
      .execute();
  });
});
afterEach(async () => {
  await slack.close();
  rmSync(top, { recursive: true });
});

/** The demo carriers, whose logins the files name, load without tokens alone. */
const trial = () =>
  loadConfig({
    DATA_DIR: top,
    ...(url === undefined
      ? { DATABASE_FILE: join(top, 'data', 'swivel-sync.db') }
      : { DATABASE_URL: url }),
  });

const config = () =>
  loadConfig({
    DATA_DIR: join(top, 'data'),
    ...(url === undefined ? {} : { DATABASE_URL: url }),
    REDIS_URL: redis.url.startsWith('/') ? `unix://${redis.url}` : redis.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl.replace(/\/$/, ''),
    DIGEST_CHANNEL: TEAM,
  });

const opened = async <T>(
  work: (db: Awaited<ReturnType<typeof openAt>>) => Promise<T>,
): Promise<T> => {
  const db = await openAsItIs(config());
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
};

const folder = () => join(top, 'safe');
const offboard = (options: { yes?: boolean; silent?: boolean } = {}, line = keep) =>
  runOffboard({ config: config(), print: line, say: line }, folder(), {
    yes: true,
    silent: false,
    ...options,
  });
const keep = (line: string): void => void lines.push(line);
const told = () =>
  slack.workspace.messages(TEAM).filter(({ text }) => text.includes('Swivel Sync ends here'));
const read = (name: string): string => readFileSync(join(folder(), name), 'utf8');
const rowsIn = (name: string): Record<string, unknown>[] =>
  read(`tables/${name}.jsonl`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('says what would go and what would not, and does nothing', async () => {
  await opened((db) =>
    db.insertInto('worker').values({ name: 'office-1', began_at: 0, seen_at: 0 }).execute(),
  );
  expect(await offboard({ yes: false })).toBe(0);
  expect(lines.join('\n')).toMatch(/on other machines[^]*pictures[^]*Workers: office-1\./);
  expect(lines[0]).toMatch(/60 contacts, 200 policies, .*12 logins, 1 secrets/);
  expect(lines.join('\n')).toMatch(
    new RegExp(`The channel ${TEAM} would be told, once[^]*Backups[^]*keys`),
  );
  expect(lines.at(-1)).toContain('run it again with --yes');
  expect(existsSync(folder())).toBe(false);
  expect(told()).toEqual([]);
  expect(await opened((db) => countOf(db, 'sealed_secret'))).toBe(1);
});

it('is not begun while a bot has the firm open, nor in a folder that holds something else', async () => {
  await opened(async () => {
    expect(await offboard()).toBe(1);
  });
  expect(lines.at(-1)).toMatch(/is open in a bot.* Stop it/);
  expect(
    await runOffboard({ config: config(), print: keep, say: keep }, SEED, {
      yes: true,
      silent: true,
    }),
  ).toBe(1);
  expect(lines.at(-1)).toContain('holds something else');
  expect(
    await runOffboard({ config: config(), print: keep, say: keep }, join(top, 'data', 'out'), {
      yes: true,
      silent: true,
    }),
  ).toBe(1);
  expect(lines.at(-1)).toContain('goes with the firm');
});

it('goes on where it broke off, tells Slack once, and leaves nothing of the firm', async () => {
  await using queue = createSessionQueue(producerConnection(redis.url), 2);
  const client = new Redis(redis.url);
  await client.set('of somebody else', '1');
  await client.set(`${ACTS}:one`, 'claimed');
  expect(await queue.wake('source-1', 'daily')).toBe(true);
  await using bound = createSessionQueue(producerConnection(redis.url), 2, () =>
    Promise.resolve(['northbridge-life']),
  );
  expect(await bound.wake('source-2', 'daily')).toBe(true);
  const names = (await opened((db) => db.selectFrom('contact').select('name').execute())).map(
    ({ name }) => name,
  );

  // Slack is away: nothing is erased before the team could be told.
  await slack.workspace.pause();
  expect(await offboard()).toBe(1);
  expect(lines.at(-1)).toMatch(/^Slack was not told, so nothing more was done: .*--silent/);
  await expect(openAt(config())).rejects.toThrow(
    `This firm is being taken out. Run swivel-sync offboard ${folder()} --yes again`,
  );
  expect(await opened((db) => countOf(db, 'sealed_secret'))).toBe(0);
  expect(await opened((db) => countOf(db, 'policy'))).toBe(200);
  expect(await client.keys('*')).toEqual(['of somebody else']);
  await client.quit();
  await slack.workspace.resume();

  // The machine stops in the middle of erasing.
  const stops = (line: string): void => {
    if (line.startsWith('policy_value') || line.startsWith('policy ')) throw new Error('stopped');
  };
  await expect(offboard({}, stops)).rejects.toThrow('stopped');
  expect(told()).toHaveLength(1);
  await expect(openAt(config())).rejects.toThrow('This firm is being taken out');

  expect(await offboard()).toBe(0);
  expect(told()).toHaveLength(1);
  const left = await opened(async (db) => {
    const stays: string[] = [];
    for (const table of await tablesOf(db)) if ((await countOf(db, table)) > 0) stays.push(table);
    return stays.toSorted();
  });
  expect(left).toEqual(['audit_start', 'deletion', 'serving']);
  await expect(openAt(config())).rejects.toThrow(/Its firm was taken out on \d{4}-/);
  const files = isOnPostgres()
    ? []
    : readdirSync(join(top, 'data')).filter((name) => name.startsWith('swivel-sync.db'));
  const bytes = files.map((name) => readFileSync(join(top, 'data', name), 'latin1')).join('');
  expect(names.filter((name) => bytes.includes(name))).toEqual([]);

  expect(await offboard()).toBe(1);
  expect(lines.at(-1)).toMatch(/^Nothing is left to take out/);
});

it('writes all that was held but secrets, with an audit whose chain can be checked', async () => {
  await opened((db) =>
    db.insertInto('worker').values({ name: 'office-1', began_at: 0, seen_at: 0 }).execute(),
  );
  expect(await offboard({ silent: true })).toBe(0);
  expect(told()).toEqual([]);
  // By then no table knows them any more, and pictures on their machines stay.
  expect(lines.join('\n')).toMatch(/on other machines[^]*pictures[^]*Workers: office-1\./);
  expect(read('policies.csv').trim().split('\n')).toHaveLength(201);
  expect(rowsIn('contact')).toHaveLength(60);
  expect(rowsIn('policy')).toHaveLength(200);
  expect(rowsIn('book').length).toBeGreaterThan(0);
  expect(existsSync(join(folder(), 'tables', 'sealed_secret.jsonl'))).toBe(false);
  const all = readdirSync(folder(), { recursive: true, encoding: 'utf8', withFileTypes: true });
  for (const file of all.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    expect(readFileSync(path, 'utf8')).not.toContain('hush');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  }
  expect((statSync(folder()).mode & 0o777).toString(8)).toBe('700');

  const audit = rowsIn('audit') as unknown as (Parameters<typeof digestOf>[0] & {
    salt: string;
    hash: string;
  })[];
  let hash = '';
  for (const row of audit) {
    hash = chained(hash, digestOf(row, row.salt));
    expect(row.hash).toBe(hash);
  }
  expect(audit.map(({ action }) => action).slice(-2)).toEqual([
    'password.forgotten',
    'firm.offboarded',
  ]);
  const steps = read('offboarding.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: string; hash?: string });
  expect(steps.map(({ step }) => step)).toEqual([
    'begun',
    'exported',
    'links ended',
    'queues emptied',
    'Slack told',
    'audit written',
    'erased',
  ]);
  expect(steps.find(({ step }) => step === 'audit written')?.hash).toBe(hash);
});

it('does not tell Slack again where a run broke off after an earlier refusal, nor stops at half a line', async () => {
  slack.workspace.setFaults({
    fail: [{ method: 'chat.postMessage', times: 1, error: 'not_in_channel' }],
  });
  expect(await offboard()).toBe(1);
  const file = join(folder(), 'offboarding.jsonl');
  appendFileSync(file, '{"step":"telling Slack"}\n{"at":"2026-1');
  const stops = (line: string): void => {
    if (line.startsWith('policy ')) throw new Error('stopped');
  };
  await expect(offboard({}, stops)).rejects.toThrow('stopped');
  expect(await offboard()).toBe(0);
  expect(told()).toEqual([]);
  expect(read('offboarding.jsonl')).toContain('"certain":false');
});

it('tells Slack in the next run where no connection came about', async () => {
  // It answers who the token is of, and is gone before the words come.
  const server = createServer((_request, response) => {
    response.setHeader('connection', 'close');
    response.end(JSON.stringify({ ok: true, team: 'T', team_id: slack.teamId, user: 'bot' }));
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const away = { ...config(), slackApiUrl: `http://127.0.0.1:${port}/api/` };
  const how = { yes: true, silent: false };
  expect(await runOffboard({ config: away, print: keep, say: keep }, folder(), how)).toBe(1);
  expect(lines.at(-1)).toContain('Slack cannot be reached');
  expect(read('offboarding.jsonl')).toContain('"telling Slack"');
  expect(await offboard()).toBe(0);
  expect(told()).toHaveLength(1);
});
