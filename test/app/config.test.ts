import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configTable, describeConfig, loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';

const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-1-abc', SLACK_APP_TOKEN: 'xapp-1-def' };

describe('an empty environment', () => {
  it('opens the local workspace, in a data folder of its own, with values shown', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      mode: { kind: 'local' },
      dataFolder: resolve('data/local'),
      databaseFile: resolve('data/local/swivel-sync.db'),
      host: '127.0.0.1',
      port: 3000,
      workerSlots: 2,
      mostForced: 100,
      command: '/sync',
      threads: 'channel',
      channelValues: 'shown',
      books: 'own',
      timeZone: 'America/New_York',
      digestChannel: 'CTEAM0001',
      digestAt: '07:30',
    });
    expect(config.publicUrl).toBeUndefined();
  });

  it('cannot be changed once read', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  it('stops a start in production', () => {
    expect(() => loadConfig({ NODE_ENV: 'production' })).toThrow(
      'SLACK_BOT_TOKEN is missing, and NODE_ENV=production opens no local workspace.',
    );
  });
});

describe('tokens', () => {
  it('of an app connect by Socket Mode, and hide values in channels', () => {
    const config = loadConfig({ ...TOKENS, DATA_DIR: '/srv/sync' });
    expect(config.mode.kind).toBe('socket');
    expect(config.channelValues).toBe('hidden');
    expect(config.digestChannel).toBeUndefined();
    expect(config.databaseFile).toBe('/srv/sync/swivel-sync.db');
  });

  it('with a signing secret are called over HTTP', () => {
    const config = loadConfig({
      SLACK_BOT_TOKEN: 'xoxb-1-abc',
      SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
    });
    expect(config.mode.kind).toBe('http');
  });

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_BOT_TOKEN needs SLACK_APP_TOKEN (Socket Mode) or'],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN is missing beside SLACK_APP_TOKEN'],
  ])('%j are not enough', (environment, message) => {
    expect(() => loadConfig(environment)).toThrow(message);
  });

  it('never print', () => {
    const config = loadConfig({ ...TOKENS, REDIS_URL: 'redis://:hush@cache:6379' });
    const printed = inspect(config, { depth: 9 }) + JSON.stringify(config);
    expect(printed).not.toMatch(/xoxb|xapp|hush/);
    expect(() => loadConfig({ ...TOKENS, SLACK_BOT_TOKEN: 'abc-hush' })).toThrow(
      /^SLACK_BOT_TOKEN does not begin with xoxb-\. Example: SLACK_BOT_TOKEN=xoxb-…$/,
    );
    expect(JSON.stringify(describeConfig(TOKENS))).not.toMatch(/xoxb-1|xapp-1/);
  });
});

describe('a bad setting stops the start with its name, the value, the problem and an example:', () => {
  it.each([
    ['PORT', '80a', 'PORT "80a" is not a whole number. Example: PORT=3000'],
    ['PORT', '70000', 'PORT "70000" is not between 0 and 65535. Example: PORT=3000'],
    [
      'PUBLIC_URL',
      'http://sync.example.com',
      'PUBLIC_URL "http://sync.example.com" is not https, and not this machine. Example: PUBLIC_URL=https://sync.example.com',
    ],
    ['PUBLIC_URL', 'sync', 'PUBLIC_URL "sync" is not a web address.'],
    [
      'PUBLIC_URL',
      'https://sync.example.com/?from=us',
      'PUBLIC_URL "https://sync.example.com/?from=us" has more than a host and a path.',
    ],
    [
      'PUBLIC_URL',
      'https://me:hush@sync.example.com',
      'PUBLIC_URL "https://me:hush@sync.example.com" has more than a host and a path.',
    ],
    ['SYNC_COMMAND', 'sync', 'SYNC_COMMAND "sync" is not the name of a slash command.'],
    ['SYNC_THREADS', 'thread', 'SYNC_THREADS "thread" is none of channel, dm.'],
    ['TIME_ZONE', 'Boston', 'TIME_ZONE "Boston" is not a time zone.'],
    ['WORKER_SLOTS', '0', 'WORKER_SLOTS "0" is not between 1 and 64.'],
    ['REDIS_URL', 'cache', 'REDIS_URL is not a Redis address.'],
    ['DIGEST_AT', '7:30', 'DIGEST_AT "7:30" is not a time such as 02:00. Example: DIGEST_AT=08:15'],
    ['DIGEST_CHANNEL', 'team', 'DIGEST_CHANNEL "team" is not the id of a channel.'],
    ['NODE_ENV', 'prod', 'NODE_ENV "prod" is none of production, development, test.'],
  ])('%s=%s', (name, value, message) => {
    expect(() => loadConfig({ [name]: value })).toThrow(message);
  });
});

it('the local workspace takes no REDIS_URL, in which the jobs of a real one may be', () => {
  const REDIS_URL = 'redis://10.0.0.5:6379';
  expect(() => loadConfig({ REDIS_URL })).toThrow('REDIS_URL is for a real workspace');
  expect(() => loadConfig({ REDIS_URL }, 'bot')).toThrow('REDIS_URL is for a real workspace');
  expect(loadConfig({ ...TOKENS, REDIS_URL }).redisUrl).toBeDefined();
  // Its worker is told where the Redis of its bot is.
  expect(loadConfig({ LOCAL_WORKSPACE: '1', REDIS_URL }, 'worker').redisUrl).toBeDefined();
});

it('an address may be plain http on this machine, and loses its last slash', () => {
  expect(loadConfig({ PUBLIC_URL: 'http://127.0.0.1:3000/' }).publicUrl).toBe(
    'http://127.0.0.1:3000',
  );
  expect(loadConfig({ SLACK_API_URL: 'http://localhost:4000/api' }).slackApiUrl).toBe(
    'http://localhost:4000/api/',
  );
});

it('a worker bound to carriers has a name, by which they stay its own', () => {
  const bound = { WORKER_CARRIERS: 'harbor-trust, granite-mutual,harbor-trust' };
  expect(() => loadConfig(bound, 'worker')).toThrow('WORKER_NAME is missing beside');
  expect(loadConfig({ ...bound, WORKER_NAME: 'office-1' }, 'worker').workerCarriers).toEqual([
    'granite-mutual',
    'harbor-trust',
  ]);
  expect(() => loadConfig({ WORKER_CARRIERS: 'Harbor Trust' })).toThrow('no list of carrier ids');
});

it('an empty variable counts as unset', () => {
  expect(loadConfig({ PORT: ' ', PUBLIC_URL: '' }).port).toBe(3000);
});

it('the table names each setting once', () => {
  const rows = configTable().split('\n').slice(2);
  expect(rows).toHaveLength(Object.keys(KEYS).length);
});

it('the data is in one database: the Postgres that is named, or the file', () => {
  const DATABASE_URL = 'postgresql://sync:hush@db/firm';
  const { databaseUrl } = loadConfig({ DATABASE_URL });
  expect(databaseUrl?.reveal()).toBe(DATABASE_URL);
  expect(String(databaseUrl)).not.toContain('hush');
  const both = () => loadConfig({ DATABASE_URL, DATABASE_FILE: 'firm.db' });
  expect(both).toThrow('name two databases');
  const other = () => loadConfig({ DATABASE_URL: 'mysql://sync:hush@db/other' });
  expect(other).toThrow('is not the address of a Postgres database');
  expect(other).not.toThrow('hush');
  for (const password of ['hush/a', 'hush#a', 'hush?a', 'hush%a']) {
    const broken = () => loadConfig({ DATABASE_URL: `postgres://sync:${password}@db/firm` });
    expect(broken).toThrow(/^DATABASE_URL is not whole, or has signs .*write \/ as %2F/);
    expect(broken).not.toThrow('hush');
    const queue = () => loadConfig({ ...TOKENS, REDIS_URL: `redis://:${password}@db` });
    expect(queue).toThrow(/^REDIS_URL is not whole/);
  }
});
