import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisAddress } from '#app/redis-place.ts';
import { examineOwnRedis } from '#cli/doctor/redis.ts';
import { Secret } from '#shared/secret.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

/** An address with a number of a database is one of TCP; the tests' own Redis may be at a socket. */
let redis: TestRedis;
let server: Server;
let host: string;

beforeAll(async () => {
  redis = await startTestRedis();
  server = createServer((client) => {
    const there = redis.url.startsWith('/')
      ? connect(redis.url)
      : connect(Number(new URL(redis.url).port), '127.0.0.1');
    client.on('error', () => there.destroy());
    there.on('error', () => client.destroy());
    client.pipe(there).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await redis[Symbol.asyncDispose]();
});

const MODES = {
  local: { kind: 'local' },
  real: { kind: 'socket', botToken: new Secret('xoxb-1'), appToken: new Secret('xapp-1') },
} as const;
const POSTGRES = new Secret('postgres://swivel@127.0.0.1/firm');
const placeOf = (url: string) =>
  redisAddress({ redisUrl: new Secret(url), databaseUrl: undefined, mode: MODES.real });

it('is what REDIS_URL names, where the server has that database or is away', async () => {
  for (const url of [`redis://${host}`, `redis://${host}/0`, `redis://${host}/15`])
    expect(await placeOf(url)).toBe(url);
  expect(await placeOf('redis://127.0.0.1:9/99')).toBe('redis://127.0.0.1:9/99');
  expect(await placeOf('unix:///run/my%20redis.sock')).toBe('/run/my redis.sock');
});

it('is our own where nothing names it, but for the Postgres of a real workspace', async () => {
  const at = (mode: keyof typeof MODES, databaseUrl: Secret | undefined) =>
    redisAddress({ redisUrl: undefined, databaseUrl, mode: MODES[mode] });
  expect(await at('local', POSTGRES)).toBeUndefined();
  expect(await at('real', undefined)).toBeUndefined();
  await expect(at('real', POSTGRES)).rejects.toThrow(/^REDIS_URL is missing beside DATABASE_URL: /);
});

it.each(['/99', '?db=99'])('is none at a number that the server does not have: %s', async (end) => {
  const url = `redis://${host}${end}`;
  await expect(placeOf(url)).rejects.toThrow(
    `REDIS_URL names a database that the server at ${host} does not have. Name one that it has: redis://host:6379/0`,
  );
  expect(await examineOwnRedis(new Secret(url))).toMatchObject({
    is: 'bad',
    found: `${host} has no database of the number in REDIS_URL`,
  });
});
