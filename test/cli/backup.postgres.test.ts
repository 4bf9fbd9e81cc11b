import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runBackup } from '#cli/backup.ts';
import { runRestore } from '#cli/restore.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { openAt, versionAt } from '#database/place.ts';
import { breathe } from '#shared/clock.ts';
import { newPostgres } from '#test/support/database.ts';
import { keepLogin } from '#test/support/followed.ts';
import { loginRow } from '#test/support/logins.ts';

/** A firm on Postgres is copied while it works, its server is lost, and it comes back on another one. */

let top: string;
let url: string;
const AT = Date.UTC(2026, 10, 3, 9, 30, 12);
beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'backup-'));
  url = await newPostgres();
});
afterEach(() => rmSync(top, { recursive: true }));

const environmentOf = (at: string) => ({
  DATA_DIR: join(top, 'data'),
  DATABASE_URL: at.replace('sync@', 'sync:hush@'),
  LOCAL_WORKSPACE: '0',
});
const configOf = (at: string) => loadConfig(environmentOf(at), 'worker');
const copy = () => join(top, 'copies', 'monday.dump');

const backup = async (keys?: string) => {
  const said: string[] = [];
  const needs = { config: configOf(url), print: (line: string) => void said.push(line) };
  const options = keys === undefined ? {} : { keys };
  const code = await runBackup({ ...needs, clock: () => AT }, copy(), options);
  return { code, said: said.join('\n') };
};
const restore = async (at: string, file = copy()) => {
  const said: string[] = [];
  const needs = { config: configOf(at), print: (line: string) => void said.push(line) };
  const code = await runRestore({ ...needs, clock: () => AT }, file);
  return { code, said: said.join('\n') };
};

/** A login that signs in by itself, with the password that it has now. */
const keepPassword = async (db: Database): Promise<void> => {
  await keepLogin(db);
  const secret = { owner_id: 'kept', source_id: 'kept', key_id: 'gone', sealed: 's' };
  await db
    .insertInto('sealed_secret')
    .values({ ...secret, kind: 'password', created_at: 0 })
    .execute();
};

/** With a script in the place of pg_dump. */
const backupBy = async (script: string): ReturnType<typeof backup> => {
  const bin = join(top, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'pg_dump'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const path = process.env['PATH'];
  process.env['PATH'] = `${bin}:${path}`;
  try {
    return await backup();
  } finally {
    process.env['PATH'] = path;
  }
};

it('an address that names user, port and password behind its question mark leads to the same server', async () => {
  const { host, hostname, port, pathname } = new URL(url);
  expect(url).toContain(`sync@${host}`);
  url = `postgres://${hostname}${pathname}?port=${port}&user=sync&password=hush`;
  expect(await backup()).toMatchObject({ code: 0 });
  // The server of this test believes everybody.
  rmSync(copy());
  const { said } = await backupBy('echo "$PGHOST:$PGPORT $PGUSER $PGPASSWORD" >&2; exit 1');
  expect(said).toContain(`${hostname}:${port} sync hush. Nothing was written`);
});

it('a dump that is killed says by what', async () => {
  expect(await backupBy('kill -TERM $$')).toEqual({
    code: 1,
    said: `pg_dump was ended by SIGTERM. Nothing was written to ${copy()}.`,
  });
});

/** Also where nobody has asked how it ended. */
const isGone = (pid: number): boolean =>
  /^Z?$/.test(
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .stdout.toString()
      .trim()
      .slice(0, 1),
  );

it.each([
  ['backup', 'pg_dump', 'SIGTERM'],
  ['backup', 'pg_dump', 'SIGINT'],
  ['restore', 'psql', 'SIGTERM'],
  ['restore', 'psql', 'SIGKILL'],
] as const)('a %s takes its %s along when it is ended by %s', async (command, program, signal) => {
  if (command === 'restore') await backup();
  const at = command === 'restore' ? await newPostgres('nothing') : url;
  const [bin, pid] = [join(top, 'bin'), join(top, 'pid')];
  mkdirSync(bin);
  // One that works on, whoever began it.
  writeFileSync(join(bin, program), `#!/bin/sh\necho $$ > ${pid}\nexec sleep 600\n`, {
    mode: 0o755,
  });
  const child = spawn(process.execPath, ['src/cli/main.ts', command, copy()], {
    env: { ...process.env, ...environmentOf(at), PATH: `${bin}:${process.env['PATH']}` },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await vi.waitFor(() => expect(readFileSync(pid, 'utf8')).toMatch(/^\d+\n/), { timeout: 20_000 });
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  expect(code).not.toBe(0);
  const begun = Number(readFileSync(pid, 'utf8'));
  await vi.waitFor(() => expect(isGone(begun)).toBe(true));
  const whole = command === 'restore' ? ['monday.dump'] : [];
  expect(readdirSync(join(top, 'copies'))).toEqual(whole);
  expect(await versionAt(configOf(at))).toMatchObject(
    command === 'restore' ? { kind: 'absent' } : { kind: 'current' },
  );
});

it('a copy made while others write is of one moment, and all until then comes back', async () => {
  await loadOrCreateKeys(configOf(url).keyPlace);
  const db = await openAt(configOf(url));
  await keepPassword(db);
  const end: { backup?: Awaited<ReturnType<typeof backup>> } = {};
  const copying = backup(join(top, 'safe')).then((done) => (end.backup = done));
  // Two rows of the audit in each transaction: a copy of one moment holds both or neither.
  let acknowledged = 0;
  for (; end.backup === undefined; acknowledged += 2) {
    const n = acknowledged;
    await db.transaction().execute(async (trx) => {
      for (const id of [`${n}`, `${n + 1}`])
        await audit(trx, AT, { personId: 'ana', action: 'seen', subject: ['policy', id] });
    });
    await breathe();
  }
  await copying;
  expect(end.backup).toMatchObject({ code: 0 });
  expect(end.backup?.said).toMatch(/\d+ tables, read back and whole[^]*Keep the two apart/);
  expect((statSync(copy()).mode & 0o777).toString(8)).toBe('600');
  expect(readFileSync(copy(), 'latin1')).not.toContain('hush');

  // The server is lost with everything on it.
  await db.destroy();
  const lost = new Client(url.slice(0, url.lastIndexOf('/') + 1) + 'postgres');
  await lost.connect();
  await lost.query(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await lost.end();

  const other = await newPostgres('nothing');
  const { code, said } = await restore(other);
  expect(said).toContain('Restored: everything until 2026-11-03 09:30:12 UTC.');
  expect(said).toContain('until the bot stopped, may be missing');
  expect(said).toContain('Nobody here knows what was asked for');
  expect(said).toContain('1 login is unlinked, and no kept password came back');
  expect(code).toBe(0);
  const back = await openAt(configOf(other));
  const seen = await back
    .selectFrom('audit')
    .select('subject_id')
    .where('action', '=', 'seen')
    .orderBy('seq')
    .execute();
  expect(seen.length % 2).toBe(0);
  expect(seen.length).toBeLessThanOrEqual(acknowledged);
  expect(seen.map(({ subject_id: id }) => id)).toEqual(seen.map((_, n) => `${n}`));
  expect(await loginRow(back, 'kept')).toMatchObject({ linked: 0, consent_by: null });
  expect(await back.selectFrom('sealed_secret').selectAll().execute()).toEqual([]);
  expect((await verifyAudit(back)).kind).toBe('whole');
  // It works on: triggers, counters and the order of the audit.
  await audit(back, AT, { personId: 'ana', action: 'seen', subject: ['policy', 'x'] });
  await back.destroy();
});

it('comes into no database that holds something, and is not taken when it is no copy of ours', async () => {
  await (await openAt(configOf(url))).destroy();
  expect((await backup()).code).toBe(0);
  expect(await restore(url)).toMatchObject({
    code: 1,
    said: expect.stringMatching(/holds tables already\. Name an empty database/) as string,
  });
  const other = await newPostgres('nothing');
  const bad = join(top, 'bad.dump');
  writeFileSync(bad, 'number,product\n');
  expect((await restore(other, bad)).said).toMatch(/was not restored\. pg_restore: error/);
  const bytes = readFileSync(copy());
  writeFileSync(bad, bytes.subarray(0, bytes.length / 2));
  expect((await restore(other, bad)).code).toBe(1);
  // Nothing of it was kept.
  expect(await versionAt(configOf(other))).toEqual({ kind: 'absent' });
});

it('a copy whose audit somebody changed serves nobody', async () => {
  const db = await openAt(configOf(url));
  await audit(db, AT, { personId: 'ana', action: 'seen', subject: ['policy', 'p'] });
  await db.destroy();
  const client = new Client(url);
  await client.connect();
  await client.query('alter table audit disable trigger user');
  await client.query(`update audit set action = 'nothing'`);
  await client.query('alter table audit enable trigger user');
  await client.end();
  await backup();
  const other = await newPostgres('nothing');
  expect((await restore(other)).said).toContain('Row 1 of its audit is not as it was written');
  await expect(openAt(configOf(other))).rejects.toThrow('not to be trusted');
});

/** What others see of the database that a copy comes into: nothing, or tables and this mark. */
const seenAt = async (client: Client): Promise<string | undefined> => {
  const { rows: has } = await client.query(`select 1 where to_regclass('serving') is not null`);
  if (has.length === 0) return undefined;
  const { rows } = await client.query<{ id: string }>('select id from serving');
  return rows.map(({ id }) => id).join() || 'no mark';
};

it('a restore that is killed once its rows are in serves nobody, and goes on when it is run again', async () => {
  const db = await openAt(configOf(url));
  await keepPassword(db);
  await db.destroy();
  expect((await backup()).code).toBe(0);
  const other = await newPostgres('nothing');
  const watch = new Client(other);
  await watch.connect();
  const child = spawn(process.execPath, ['src/cli/main.ts', 'restore', copy()], {
    env: { ...process.env, ...environmentOf(other) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  let seen: string | undefined;
  while (seen === undefined && child.exitCode === null) seen = await seenAt(watch);
  child.kill('SIGKILL');
  await ended;
  // From the first moment that anybody sees a row of it.
  expect(seen).toBe('restoring');
  await expect(openAt(configOf(other))).rejects.toThrow('Run the same swivel-sync restore again');

  const otherCopy = join(top, 'other.dump');
  writeFileSync(otherCopy, 'x');
  expect(await restore(other, otherCopy)).toMatchObject({
    code: 1,
    said: expect.stringContaining('holds another copy') as string,
  });
  expect((await restore(other)).said).toContain('1 login is unlinked, and no kept password came');
  const back = await openAt(configOf(other));
  expect(await loginRow(back, 'kept')).toMatchObject({ linked: 0, consent_by: null });
  expect(await back.selectFrom('sealed_secret').selectAll().execute()).toEqual([]);
  expect((await verifyAudit(back)).kind).toBe('whole');
  await back.destroy();
  await watch.end();
});
