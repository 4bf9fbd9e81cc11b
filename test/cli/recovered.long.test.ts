import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runRestore } from '#cli/restore.ts';
import { writeCopied } from '#database/copies.ts';
import { copyDatabase } from '#database/copy.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { keepLogin, seen, untilSaid, writeOn } from '#test/support/followed.ts';
import { loginRow } from '#test/support/logins.ts';
import { shellLinesOf } from '#test/support/page-commands.ts';

/** The machine of a SQLite file is lost while a firm writes to it, and an engine has followed it. */

let top: string;
let db: Database;
beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'sync-followed-'));
  for (const name of ['data', 'backups']) mkdirSync(join(top, name), { mode: 0o700 });
  db = await openDatabase(config().databaseFile);
  await keepLogin(db);
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const config = () => loadConfig({ DATA_DIR: join(top, 'data'), LOCAL_WORKSPACE: '0' }, 'worker');
const restore = async (file: string | undefined, recovered: boolean) => {
  const said: string[] = [];
  const needs = { config: config(), print: (line: string) => void said.push(line) };
  const code = await runRestore(needs, file, { recovered, replace: true });
  return { code, said: said.join('\n') };
};
const loseAll = async (): Promise<void> => {
  await db.destroy();
  rmSync(join(top, 'data'), { recursive: true });
  mkdirSync(join(top, 'data'), { mode: 0o700 });
};

it('says the last write that came through, and not the last copy that it knows of', async () => {
  const [copied, written] = [Date.UTC(2026, 10, 3, 2), Date.UTC(2026, 10, 3, 15, 30, 12)];
  await writeCopied({ db, clock: () => copied }, { withKey: false });
  await writeCopied({ db, clock: () => copied }, { withKey: false });
  await db.insertInto('worker').values({ name: 'w', began_at: 1, seen_at: written }).execute();
  const file = join(top, 'backups', 'followed.db');
  await copyDatabase(config().databaseFile, file);
  await loseAll();
  expect((await restore(undefined, true)).said).toContain('Name the file');
  expect(untilSaid((await restore(file, false)).said)).toBe(copied);
  const settled = await restore(file, true);
  expect(settled).toMatchObject({ code: 0 });
  expect(untilSaid(settled.said)).toBe(written);
  db = await openDatabase(config().databaseFile);
  expect(await loginRow(db, 'kept')).toMatchObject({ linked: 0, consent_by: null });
  await db.destroy();
});

/** Not of Debian: tried where it is on the machine. */
const litestream = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'litestream'))
  .find((path) => existsSync(path));

/** As the page has it, with the folders of this test. */
const follow = (starts: string) => {
  const line = shellLinesOf('docs/operate.md').find((each) => each.startsWith(starts));
  const [, ...words] = (line ?? '')
    .replaceAll('/backups', join(top, 'backups'))
    .replaceAll('/var/lib/swivel-sync', join(top, 'data'))
    .split(' ');
  return spawn(litestream ?? '', words, { stdio: 'ignore' });
};

it.runIf(litestream !== undefined)(
  'what Litestream brought to another machine comes back, and until when that is, is said',
  async () => {
    const following = follow('litestream replicate');
    const stop = new AbortController();
    const writing = writeOn(db, stop.signal);
    const followed = join(top, 'backups', 'followed');
    await expect.poll(() => existsSync(followed)).toBe(true);
    const before = (await seen(db)).length;
    const pieces = () => readdirSync(followed, { recursive: true }).length;
    const first = pieces();
    await expect.poll(pieces).toBeGreaterThan(first + 2);
    await expect.poll(async () => (await seen(db)).length).toBeGreaterThan(before);
    following.kill('SIGKILL');
    await once(following, 'exit');
    const lostAt = Date.now();
    stop.abort();
    const acknowledged = await writing;
    await loseAll();

    const [code] = (await once(follow('litestream restore'), 'exit')) as [number];
    expect(code).toBe(0);
    const settled = await restore(join(top, 'backups', 'followed.db'), true);
    expect(settled).toMatchObject({ code: 0 });
    const until = untilSaid(settled.said);
    expect(until).toBeLessThanOrEqual(lostAt);
    db = await openDatabase(config().databaseFile);
    const there = await seen(db);
    await db.destroy();
    expect(there).toEqual(there.map((_, n) => `${n}`));
    expect(there.length).toBeGreaterThanOrEqual(acknowledged.filter((at) => at <= until).length);
  },
);
