import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runBackup } from '#cli/backup.ts';
import { examine } from '#cli/doctor/doctor.ts';
import { runFreeCarrier } from '#cli/lists.ts';
import { runOffboard } from '#cli/offboard/offboard.ts';
import { runRestore } from '#cli/restore.ts';
import { timeOf, withFirm } from '#cli/with-firm.ts';
import { beginWorker } from '#core/sessions/store/workers.ts';
import { openAt } from '#database/place.ts';
import { claimDatabase } from '#database/serving.ts';
import { openPostgres } from '#database/postgres.ts';
import { Secret } from '#shared/secret.ts';
import { newPostgres } from '#test/support/database.ts';

/** A command on a laptop whose clock is wrong writes into the firm that others serve. */

const MINUTE = 60_000;
const quiet = (): void => undefined;

afterEach(() => {
  vi.useRealTimers();
});

it('a command dates what it writes by the server, and not by its own machine', async () => {
  await using stack = new AsyncDisposableStack();
  const url = await newPostgres();
  const config = { databaseFile: '', databaseUrl: new Secret(url) };
  const db = stack.adopt(await openPostgres({ url, connections: 1 }), (opened) => opened.destroy());
  const began = Date.now();
  await db.insertInto('carrier').values({ id: 'c', name: 'C' }).execute();
  await beginWorker({ db, clock: Date.now }, 'w', ['c']);
  vi.useFakeTimers({ toFake: ['Date'], now: began + 10 * MINUTE });

  expect(await runFreeCarrier({ config, print: quiet, say: quiet }, 'c')).toBe(0);
  const { at } = await db.selectFrom('audit').select('at').executeTakeFirstOrThrow();
  expect(at).toBeLessThan(began + 9 * MINUTE);
  const read = await withFirm({ config, say: quiet }, async (store) =>
    store.clock() < began + 9 * MINUTE ? 0 : 1,
  );
  expect(read).toBe(0);
  // A file has no time of its own.
  using here = await timeOf({ databaseFile: 'a.db' }, db);
  expect(here.clock).toBe(Date.now);
});

const HOUR = 60 * MINUTE;

it('backup, restore, doctor and offboard go by the server on a machine that is two hours ahead', async () => {
  await using stack = new AsyncDisposableStack();
  const top = mkdtempSync(join(tmpdir(), 'sync-ahead-'));
  stack.defer(() => rmSync(top, { recursive: true }));
  const [url, other] = [await newPostgres(), await newPostgres('nothing')];
  const configOf = (at: string) =>
    loadConfig({ DATA_DIR: join(top, 'data'), DATABASE_URL: at, LOCAL_WORKSPACE: '0' });
  const began = Date.now();
  const db = await openAt(configOf(url));
  await beginWorker({ db, clock: Date.now }, 'w', ['c']);
  await claimDatabase(db, { teamId: 'T1', local: false });
  await db.destroy();
  vi.useFakeTimers({ toFake: ['Date'], now: began + 2 * HOUR });

  const found: string[] = [];
  for await (const finding of examine({ DATA_DIR: join(top, 'data'), DATABASE_URL: url }))
    found.push(`${finding.of}: ${finding.found}`);
  expect(found.join('\n')).toMatch(/Workers: w/);
  expect(found.join('\n')).not.toContain('away since');
  expect(found.join('\n')).toContain("ahead of the server's clock");

  const file = join(top, 'copies', 'monday.dump');
  expect(await runBackup({ config: configOf(url), print: quiet }, file)).toBe(0);
  const said: string[] = [];
  const needs = { config: configOf(other), print: (line: string) => void said.push(line) };
  expect(await runRestore(needs, file)).toBe(0);
  const [, until = ''] = /everything until (\S+ \S+) UTC/.exec(said.join('\n')) ?? [];
  expect(Date.parse(`${until.replace(' ', 'T')}Z`)).toBeLessThan(began + HOUR);
  expect(
    await runRestore({ ...needs, config: configOf(url) }, undefined, { recovered: true }),
  ).toBe(0);
  for (const at of [url, other]) {
    const back = await openAt(configOf(at));
    const audited = await back.selectFrom('audit').select(['action', 'at']).execute();
    await back.destroy();
    expect(audited.map(({ action }) => action)).toContain('database.restored');
    expect(Math.max(...audited.map((row) => row.at))).toBeLessThan(began + HOUR);
  }

  const folder = join(top, 'safe');
  const leave = { config: configOf(url), print: quiet, say: quiet };
  expect(await runOffboard(leave, folder, { yes: true, silent: true })).toBe(0);
  const noted = readFileSync(join(folder, 'offboarding.jsonl'), 'utf8').trim().split('\n');
  for (const line of noted) {
    const { at } = JSON.parse(line) as { at: string };
    expect(Date.parse(at)).toBeLessThan(began + HOUR);
  }
}, 120_000);
