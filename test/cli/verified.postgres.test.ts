import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runBackup } from '#cli/backup.ts';
import { runRestore } from '#cli/restore.ts';
import { openAt } from '#database/place.ts';
import { asWhom, startPostgres } from '#test/support/postgres.ts';

/** A Postgres whose certificate is asked for, as one of a provider is: by authorities that Node knows. */

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let server: Awaited<ReturnType<typeof startPostgres>>;
let top: string;
const before = getCACertificates('default');

beforeAll(async () => {
  if (!hasOpenssl) return;
  top = mkdtempSync(join(tmpdir(), 'sync-verified-'));
  server = await startPostgres();
  const [key, certificate] = ['server.key', 'server.crt'].map((name) => join(server.data, name));
  const words = [
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '20000',
    '-subj',
    '/CN=localhost',
  ];
  execFileSync(
    'openssl',
    [
      'req',
      ...words,
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key!,
      '-out',
      certificate!,
    ],
    { stdio: 'ignore' },
  );
  chmodSync(key!, 0o600);
  const { uid, gid } = asWhom();
  if (uid !== undefined && gid !== undefined)
    for (const file of [key!, certificate!]) chownSync(file, uid, gid);
  const client = new Client(`${server.url}postgres`);
  await client.connect();
  await client.query('alter system set ssl = on');
  await client.query('select pg_reload_conf()');
  for (const name of ['firm', 'restored'])
    await client.query(`create database ${name} template template0`);
  await client.end();
  setDefaultCACertificates([...before, readFileSync(certificate!, 'utf8')]);
});
afterAll(async () => {
  if (!hasOpenssl) return;
  setDefaultCACertificates(before);
  await server[Symbol.asyncDispose]();
  rmSync(top, { recursive: true });
});

it.runIf(hasOpenssl)('a copy is made and brought back by authorities that Node knows', async () => {
  const said: string[] = [];
  const print = (line: string): void => void said.push(line);
  const at = (name: string) => {
    const url = new URL(`${server.url}${name}?sslmode=verify-full`);
    url.hostname = 'localhost';
    return loadConfig(
      { DATABASE_URL: url.href, DATA_DIR: join(top, name), LOCAL_WORKSPACE: '0' },
      'worker',
    );
  };
  await (await openAt(at('firm'))).destroy();
  const copy = join(top, 'one.dump');
  expect([await runBackup({ config: at('firm'), print }, copy), said.join('\n')]).toEqual([
    0,
    expect.not.stringContaining('pg_dump:'),
  ]);
  expect(await runRestore({ config: at('restored'), print, clock: Date.now }, copy)).toBe(0);
});
