import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runVerifyAudit } from '#cli/audit.ts';
import { examine } from '#cli/doctor/doctor.ts';
import { runExport } from '#cli/export.ts';
import { runImport } from '#cli/import.ts';
import { runCarriers, runPeople } from '#cli/lists.ts';
import { openAt } from '#database/place.ts';
import { openPostgres } from '#database/postgres.ts';
import { serverClock } from '#database/server-clock.ts';
import { newPostgres, openTestDatabase } from '#test/support/database.ts';
import { SEED } from '#simulator/firm.ts';

/** What a bot, a worker and the command line do where DATABASE_URL names a Postgres. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'place-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const configOf = (url: string) => loadConfig({ DATABASE_URL: url, DATA_DIR: folder });

const seedFiles = ['statuses', 'people', 'contacts', 'policies'].map((name) =>
  join(SEED, `${name}.csv`),
);

it('several that start at once on a new database make its tables once', async () => {
  const url = await newPostgres('nothing');
  const opened = await Promise.all([1, 2, 3].map(() => openPostgres({ url, connections: 2 })));
  const [first] = opened;
  expect(await first?.selectFrom('person').selectAll().execute()).toEqual([]);
  await Promise.all(opened.map((db) => db.destroy()));
});

it('a database of another program, or none, is refused with what to do', async () => {
  const url = await newPostgres('nothing');
  const wrong = url.replace('127.0.0.1', 'sync:hush@127.0.0.1').replace('sync@sync', 'sync');
  const db = await openPostgres({ url: await newPostgres(), connections: 1 });
  await db.destroy();
  const { Client } = await import('pg');
  const client = new Client(url);
  await client.connect();
  await client.query('create table invoice (id text)');
  await client.end();
  await expect(openPostgres({ url })).rejects.toThrow('tables of something else, such as invoice');
  const absent = `${wrong}-absent`;
  await expect(openPostgres({ url: absent })).rejects.toThrow(
    /cannot be used: .* does not exist\. Start it, or correct its address/,
  );
  await expect(openPostgres({ url: absent })).rejects.not.toThrow('hush');
});

it('a connection that breaks in the middle of a transaction ends that, and not the process', async () => {
  const url = await newPostgres();
  const [db, other] = [await openPostgres({ url }), await openPostgres({ url, connections: 1 })];
  const broken = db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    const { pid = 0 } = rows[0] ?? {};
    await sql`select pg_terminate_backend(${pid})`.execute(other);
    const left = () => sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(other);
    await expect.poll(async () => (await left()).rows).toEqual([]);
    await sql`select 1`.execute(trx);
  });
  await expect(broken).rejects.toThrow(/onnection/);
  expect(await db.selectFrom('person').selectAll().execute()).toEqual([]);
  await Promise.all([db.destroy(), other.destroy()]);
});

it('leases go by the time of the server, and never ahead of it', async () => {
  const db = await openTestDatabase();
  const now = async (): Promise<number> => {
    const { rows } = await sql<{ ms: number }>`
      select extract(epoch from clock_timestamp()) * 1000 as ms`.execute(db);
    return rows[0]?.ms ?? 0;
  };
  let elapsed = 5;
  const before = await now();
  using server = await serverClock(db, () => elapsed);
  const read = server.clock();
  expect(read).toBeGreaterThanOrEqual(Math.floor(before));
  expect(read).toBeLessThanOrEqual(await now());
  // An answer that was seen five seconds late leaves nobody behind.
  const late = [5000];
  using slow = await serverClock(db, () => late.shift() ?? 0);
  expect(slow.clock()).toBeGreaterThanOrEqual(Math.floor(before));
  elapsed += 1234;
  expect(server.clock()).toBe(read + 1234);
  await db.destroy();
});

it('an import is rehearsed, taken in and written out again', async () => {
  const config = configOf(await newPostgres());
  const said: string[] = [];
  const print = (line: string): void => void said.push(line);
  const rows = async (): Promise<number> => {
    const db = await openAt(config);
    const policies = await db.selectFrom('policy').select('id').execute();
    await db.destroy();
    return policies.length;
  };
  expect(await runImport({ config, print }, seedFiles, { dryRun: true })).toBe(0);
  expect(said.join('\n')).toContain('All lines would go in. This was a dry run');
  expect(await rows()).toBe(0);
  expect(await runImport({ config, print }, seedFiles)).toBe(0);
  expect(await rows()).toBe(200);
  expect(said.at(-2)).toMatch(/^Database: Postgres 127\.0\.0\.1:\d+\/test_/);

  let written = '';
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  });
  expect(await runExport({ config, say: print }, out, 'csv')).toBe(0);
  const file = join(folder, 'policies.csv');
  writeFileSync(file, written);
  expect(await runImport({ config, print }, [file])).toBe(0);
  expect(said).toContain('Nothing changed: all of this was here already.');
  expect(await runVerifyAudit({ config, say: print })).toBe(0);
  expect(await runCarriers({ config, print, say: print }, false)).toBe(0);
  expect(await runPeople({ config, print, say: print }, false)).toBe(0);
});

it('the doctor says where it is and whether it is up to date, and shows no password', async () => {
  const found = async (url: string) => {
    for await (const finding of examine({ DATABASE_URL: url, DATA_DIR: folder }))
      if (finding.of === 'Database') return finding;
    return undefined;
  };
  const url = await newPostgres();
  expect(await found(url)).toMatchObject({
    is: 'good',
    found: expect.stringMatching(/Postgres 127.*, version 00/),
  });
  const absent = await found(url.replace('sync@', 'sync:hush@') + 'x');
  expect(absent).toMatchObject({ is: 'bad', next: 'Start it, or correct DATABASE_URL.' });
  expect(JSON.stringify(absent)).not.toContain('hush');
});
