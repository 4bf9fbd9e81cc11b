import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runRestore } from '#cli/restore.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import type { Database } from '#database/connection.ts';
import { openAt } from '#database/place.ts';
import { openPostgres } from '#database/postgres.ts';
import { findPostgres, toolEnv } from '#setup/tools.mjs';
import { keepLogin, seen, untilSaid, writeOn } from '#test/support/followed.ts';
import { loginRow } from '#test/support/logins.ts';
import { shellLinesOf } from '#test/support/page-commands.ts';
import { asWhom, startPostgres } from '#test/support/postgres.ts';
import { processesOf } from '#test/support/processes.ts';

/** The machine of a Postgres is lost while a firm writes to it, and another one has followed its log. */

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'sync-followed-'));
  const { uid, gid } = asWhom();
  if (uid !== undefined && gid !== undefined) chownSync(top, uid, gid);
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** As the page has it, with the folders of this test, on the other machine. */
const lineOf = (starts: string): string => {
  const line = shellLinesOf('docs/operate.md').find((each) => each.startsWith(starts));
  if (line === undefined) throw new Error(`docs/operate.md has no ${starts}`);
  return line.replaceAll('/backups', top);
};
const shell = (line: string, url: string): ChildProcess => {
  const tool = findPostgres(process.env);
  if (tool === undefined) throw new Error('Postgres is missing.');
  const env = toolEnv(tool, process.env);
  return spawn('sh', ['-ec', line], {
    ...asWhom(),
    cwd: top,
    env: {
      ...env,
      PATH: [dirname(tool.path), env['PATH']].join(delimiter),
      PGHOST: new URL(url).hostname,
      PGPORT: new URL(url).port,
      PGUSER: 'sync',
    },
    // A group of its own, so that what the shell has started ends with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
};
const run = async (line: string, url: string): Promise<void> => {
  const child = shell(line, url);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${line}: ${said}`);
};

const configOf = (url: string) =>
  loadConfig(
    { DATA_DIR: join(top, 'data'), DATABASE_URL: `${url}firm`, LOCAL_WORKSPACE: '0' },
    'worker',
  );
const recover = async (url: string, file?: string) => {
  const said: string[] = [];
  const needs = { config: configOf(url), print: (line: string) => void said.push(line) };
  return { code: await runRestore(needs, file, { recovered: true }), said: said.join('\n') };
};

const ask = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

const writesMore = async (db: Database): Promise<void> => {
  const before = (await seen(db)).length;
  await expect.poll(async () => (await seen(db)).length).toBeGreaterThan(before + 20);
};

it('what its log brought to another machine comes back, and until when that is, is said', async () => {
  await using server = await startPostgres();
  await ask(
    `${server.url}postgres`,
    `create database firm template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
  );
  const db = await openPostgres({ url: `${server.url}firm`, connections: 2 });
  await keepLogin(db);
  await run(lineOf('mkdir -p /backups/wal'), server.url);
  await run(lineOf('pg_receivewal --slot=swivel --create-slot'), server.url);
  const receiver = shell(`exec ${lineOf('pg_receivewal --slot=swivel --synchronous')}`, server.url);
  let said = '';
  receiver.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const writing = writeOn(db);
  await run(lineOf('pg_basebackup'), server.url);
  // What comes after the base is in a whole piece of the log, and in one that is not full.
  await writesMore(db);
  const [{ whole } = { whole: '' }] = (await ask(
    `${server.url}postgres`,
    'select pg_walfile_name(pg_switch_wal()) as whole',
  )) as { whole: string }[];
  await writesMore(db);
  const received = () => readdirSync(join(top, 'wal'));
  const isNotFull = (name: string) => name.endsWith('.partial') && name > `${whole}.partial`;
  await expect.poll(() => received().some(isNotFull)).toBe(true);

  for (const { pid } of processesOf(server.pid)) process.kill(pid, 'SIGKILL');
  const lostAt = Date.now();
  rmSync(server.data, { recursive: true, force: true, maxRetries: 10 });
  const acknowledged = await writing;
  await expect.poll(() => said).toMatch(/could not|unexpected/);
  receiver.kill('SIGINT');
  await once(receiver, 'close');
  expect(received()).toContain(whole);
  expect(received().some(isNotFull)).toBe(true);

  for (const line of ['cp -a', 'for piece', 'echo "restore_command', 'touch'])
    await run(lineOf(line), server.url);
  await using back = await startPostgres(join(top, 'restored'));
  await expect
    .poll(() => ask(`${back.url}postgres`, 'select pg_is_in_recovery() as is'))
    .toEqual([{ is: false }]);
  const settled = await recover(back.url);
  expect(settled).toMatchObject({ code: 0 });
  expect(settled.said).toContain('1 login is unlinked, and no kept password came back');
  const until = untilSaid(settled.said);
  expect(until).toBeLessThanOrEqual(lostAt);

  const firm = await openAt(configOf(back.url));
  const there = await seen(firm);
  // Nothing is missing between: it is what was written until then, and nothing of it is lost.
  expect(there).toEqual(there.map((_, n) => `${n}`));
  expect(there.length).toBeGreaterThanOrEqual(acknowledged.filter((at) => at <= until).length);
  expect(await loginRow(firm, 'kept')).toMatchObject({ linked: 0, consent_by: null });
  expect((await verifyAudit(firm)).kind).toBe('whole');
  await firm.destroy();
}, 240_000);

it('is not begun while somebody has the firm open, for a file, or where there is no firm', async () => {
  await using server = await startPostgres();
  await ask(
    `${server.url}postgres`,
    `create database firm template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
  );
  expect((await recover(server.url)).said).toContain('Bring it back by its engine first');
  expect((await recover(server.url, join(top, 'x'))).said).toContain('leave out the file');
  const db = await openPostgres({ url: `${server.url}firm`, connections: 1 });
  await keepLogin(db);
  expect(await recover(server.url)).toMatchObject({
    code: 1,
    said: expect.stringContaining('is open in a bot, a worker or another command') as string,
  });
  expect((await loginRow(db, 'kept')).linked).toBe(1);
  await db.destroy();
}, 120_000);
