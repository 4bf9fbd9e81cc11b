import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configTable, describeConfig, loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import { generateKey } from '#database/sealing.ts';

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
  for (const password of ['hush/a', 'hush#a', 'hush?a', 'hush%a']) {
    const broken = () => loadConfig({ DATABASE_URL: `postgres://sync:${password}@db/firm` });
    expect(broken).toThrow(/^DATABASE_URL is not whole, or has signs .*write \/ as %2F/);
    expect(broken).not.toThrow('hush');
    const queue = () => loadConfig({ ...TOKENS, REDIS_URL: `redis://:${password}@db` });
    expect(queue).toThrow(/^REDIS_URL is not whole/);
  }
});

describe('what an engine would complain of later is refused, and nothing of it repeated:', () => {
  const refusal = (environment: Record<string, string>, role?: 'worker'): string => {
    try {
      loadConfig(environment, role);
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each([
    ['mysql://sync:hush@db/firm', 'is not the address of a Postgres database'],
    ['host=db password=hush', 'is not the address of a Postgres database'],
    ['~/hush/firm.db', 'is not the address of a Postgres database (DATABASE_FILE names'],
    ['/var/lib/hush/', 'is not the address of a Postgres database (DATABASE_FILE names'],
    ['postgres:/hush', 'is not the address of a Postgres database'],
    ['"postgres://sync:hush@db/firm"', 'has quotes around it'],
    ['', 'is empty, and a new SQLite file would be used'],
    [' ', 'is empty, and a new SQLite file would be used'],
    ['postgres://sync:hu sh@db/firm', 'has a blank in it'],
    ['postgres://sync:hush@db', 'names no database'],
    ['postgres://sync:hush@db/?sslmode=require', 'names no database'],
    ['postgres:///hush', 'names no server'],
    ['postgres://sync:hush@db/firm/other', 'has more than the name of a database'],
    ['postgres://sy%nc:hush@db/firm', 'is not whole'],
    ['postgres://sync:hush@db:port/firm', 'is not whole'],
    ['postgres://sync:hush@db/firm?port=x', 'has a port that is no number'],
    ['postgres://sync:hush@db/firm?sslmode=verify_full', 'has an sslmode that is none of'],
  ])('DATABASE_URL=%s', (DATABASE_URL, problem) => {
    const said = refusal({ ...TOKENS, DATABASE_URL });
    expect(said).toContain(`DATABASE_URL ${problem}`);
    expect(said).toMatch(/Example: DATABASE_URL=postgres:\/\/swivel@127/);
    expect(said).not.toMatch(/hu ?sh/);
  });

  it.each([
    ["'redis://:hush@cache'", 'has quotes around it'],
    ['', 'is empty, and another Redis would be started'],
    ['redis:///0', 'names no server'],
    ['rediss://', 'is not a Redis address'],
    ['redis://:hush@cache/first', 'names a database that is no number'],
    ['redis://:hush@cache/-1', 'names a database that is no number'],
    ['redis://:hush@cache?db=first', 'names a database that is no number'],
    ['redis://hush@cache', 'has a user and no password'],
    ['redis://us%er:hush@cache', 'is not whole'],
    ['unix:///run/hush%zz.sock', 'is not whole'],
    ['unix:///run/redis.sock?db=1', 'has more than the path of a socket'],
  ])('REDIS_URL=%s', (REDIS_URL, problem) => {
    const said = refusal({ ...TOKENS, REDIS_URL });
    expect(said).toContain(`REDIS_URL ${problem}`);
    expect(said).toContain('Example: REDIS_URL=redis://127.0.0.1:6379');
    expect(said).not.toContain('hush');
  });

  it.each([
    'postgres://sync:hu%25sh@db/firm?sslmode=verify-full',
    'postgres://%2Frun%2Fpostgresql/firm',
    'postgres:///firm?host=/run/postgresql',
    `postgres://db/firm?sslmode=verify-full&sslrootcert=${import.meta.filename}`,
    'postgres://[::1]:5432/firm',
  ])('not so DATABASE_URL=%s', (DATABASE_URL) => {
    expect(refusal({ DATABASE_URL })).toBe('taken');
  });

  it.each(['redis://me:hu%25sh@cache:6379/2', 'rediss://cache/', 'unix:///run/my redis.sock'])(
    'not so REDIS_URL=%s',
    (REDIS_URL) => {
      expect(refusal({ ...TOKENS, REDIS_URL })).toBe('taken');
    },
  );

  it('PRIVATE_KEYS', async () => {
    const [one, two] = await Promise.all([generateKey(), generateKey()]);
    const content = (...keys: object[]) => JSON.stringify({ keys }, undefined, 2);
    const whole = (key: typeof one) => ({ ...key, privateKey: key.privateKey.reveal() });
    const halves = ({ id, publicKey }: typeof one) => ({ id, publicKey });
    const good = content(whole(one), whole(two));
    const said = (PRIVATE_KEYS: string) => refusal({ PRIVATE_KEYS }, 'worker');
    expect(said(`\n ${good}\n`)).toBe('taken');
    const bad = {
      [content(halves(one))]: 'lacks a private key: it is sealing-public.json',
      [content(whole(one), {
        ...whole(two),
        privateKey: whole(one).privateKey,
      })]: `holds the key ${two.id}, whose private half is not its own`,
      [content(whole(one), { ...whole(two), privateKey: 'c2hvcnQ=' })]: 'holds the key',
      [content()]: 'is not the content of sealing-private.json',
      [good.slice(0, -20)]: 'is not the content of sealing-private.json',
      '/safe/sealing-private.json': 'is not the content of sealing-private.json',
      [`'${good}'`]: 'has quotes around it',
      ' \n': 'is empty, and a new key, which opens nothing of before',
    };
    for (const [text, problem] of Object.entries(bad)) {
      expect(said(text)).toContain(`PRIVATE_KEYS ${problem}`);
      expect(said(text)).toContain('Example: PRIVATE_KEYS="$(cat sealing-private.json)"');
      expect(said(text)).not.toContain(whole(one).privateKey);
    }
  });

  it.each([
    ['DATA_DIR', '~/sync', 'begins with ~'],
    ['DATABASE_FILE', '~/firm.db', 'begins with ~'],
    ['DATABASE_FILE', tmpdir(), 'is a folder, and a file is wanted'],
    ['DATABASE_FILE', '/srv/new/', 'is a folder, and a file is wanted'],
    ['PRIVATE_KEY_FILE', tmpdir(), 'is a folder, and a file is wanted'],
    ['DATA_DIR', import.meta.filename, 'is a file or leads through one, and a folder is wanted'],
    ['DATA_DIR', `${import.meta.filename}/data`, 'is a file or leads through one'],
    [
      'DATABASE_URL',
      'postgres://sync:hush@db/firm?sslmode=verify-full&sslrootcert=/nowhere/root.pem',
      'names "/nowhere/root.pem" as its sslrootcert, and no such file is on this machine. Put it there',
    ],
    ['CARRIERS_PATH', '"/srv/carriers"', 'has quotes around it'],
  ])('%s=%s', (name, value, problem) => {
    expect(refusal({ [name]: value })).toContain(problem);
    expect(refusal({ [name]: value })).not.toContain('hush');
  });

  it('leaves a file that it cannot look at to whoever opens it', () => {
    expect(refusal({ PRIVATE_KEY_FILE: `/srv/${'k'.repeat(300)}` })).toBe('taken');
  });
});
