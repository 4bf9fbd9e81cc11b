import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runBackup } from '#cli/backup.ts';
import { examineDatabase } from '#cli/doctor/machine.ts';
import { openAt } from '#database/place.ts';
import { startPostgres } from '#test/support/postgres.ts';

/** A Postgres that wants a password, which DATABASE_URL does not have. */

const PASSWORD = 'hush:hush';
let server: Awaited<ReturnType<typeof startPostgres>>;
let url: URL;
let top: string;
beforeAll(async () => {
  server = await startPostgres();
  const client = new Client(`${server.url}postgres`);
  await client.connect();
  await client.query(`create role firm login password '${PASSWORD}'`);
  await client.query('create database firm owner firm template template0');
  const rules = join(server.data, 'pg_hba.conf');
  const before = readFileSync(rules, 'utf8');
  writeFileSync(rules, `host all firm 127.0.0.1/32 scram-sha-256\n${before}`);
  await client.query('select pg_reload_conf()');
  await client.end();
  url = new URL(`${server.url}firm`);
  url.username = 'firm';
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'sync-password-'));
  vi.stubEnv('PGPASSWORD', undefined);
  vi.stubEnv('PGPASSFILE', join(top, 'pgpass'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(top, { recursive: true });
});

const config = () =>
  loadConfig(
    { DATABASE_URL: url.href, DATA_DIR: join(top, 'data'), LOCAL_WORKSPACE: '0' },
    'worker',
  );
const passFile = (mode: number, password = PASSWORD): void => {
  const escaped = password.replaceAll(':', '\\:');
  writeFileSync(join(top, 'pgpass'), `127.0.0.1:${url.port}:*:firm:${escaped}\n`);
  chmodSync(join(top, 'pgpass'), mode);
};

it.each([
  ['PGPASSWORD', () => void vi.stubEnv('PGPASSWORD', PASSWORD)],
  ['PGPASSFILE', () => passFile(0o600)],
])('a bot, the doctor and a backup take it from %s', async (_from, give) => {
  give();
  await (await openAt(config())).destroy();
  expect(await examineDatabase(config())).toMatchObject({ is: 'good' });
  const said: string[] = [];
  const copy = join(top, 'copies', 'one.dump');
  expect(await runBackup({ config: config(), print: (line) => void said.push(line) }, copy)).toBe(
    0,
  );
  expect(existsSync(copy)).toBe(true);
  expect(said.join()).not.toContain('hush');
});

it.each([
  ['there is none', () => undefined, /put it into PGPASSWORD or ~\/\.pgpass\.$/],
  [
    'others may read the file',
    () => passFile(0o644),
    /is not read while others may read it: chmod 600 \S+pgpass\.$/,
  ],
  [
    'no line is of this server',
    () => {
      passFile(0o600);
      const file = join(top, 'pgpass');
      writeFileSync(file, readFileSync(file, 'utf8').replace('127.0.0.1', 'db.example'));
    },
    /no line of \S+pgpass fits: host:port:database:user:password\.$/,
  ],
])('where %s, start and doctor say what to do', async (_what, give, advice) => {
  give();
  await expect(openAt(config())).rejects.toThrow(advice);
  const finding = await examineDatabase(config());
  expect(finding.is).toBe('bad');
  expect(finding.next).toMatch(advice);
});
