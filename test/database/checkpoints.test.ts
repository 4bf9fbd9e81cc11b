import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startCheckpoints } from '#database/checkpoints.ts';
import { connectDatabase, type Database } from '#database/connection.ts';

let folder: string;
let file: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  file = join(folder, 'firm.db');
  db = connectDatabase(file);
  await sql`create table note (text text)`.execute(db);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

const write = () => sql`insert into note values (${'x'.repeat(4000)})`.execute(db);

const notesIn = async (of: string): Promise<unknown> => {
  const copy = connectDatabase(of);
  try {
    const { rows } = await sql<{ n: number }>`select count(*) as n from note`.execute(copy);
    return rows[0]?.n;
  } catch {
    return 'none';
  } finally {
    await copy.destroy();
  }
};

/** What the file holds without its log. */
const notesInFile = async (): Promise<unknown> => {
  const copy = join(folder, 'copy.db');
  copyFileSync(file, copy);
  return notesIn(copy);
};

/** The log has other numbers each time that it begins anew. */
const begun = (): string => readFileSync(`${file}-wal`).subarray(16, 24).toString('hex');

const automatic = async (): Promise<unknown> => {
  const { rows } = await sql`pragma wal_autocheckpoint`.execute(db);
  return Object.values(rows[0] ?? {})[0];
};

const unsaid = (problem: unknown): void => {
  throw problem;
};

it('what is committed comes into the file, and no commit brings it there', async () => {
  await using _ = await startCheckpoints(db, file, unsaid, { everyMs: 10 });
  expect(await automatic()).toBe(0);
  for (let nth = 0; nth < 5; nth += 1) await write();
  await expect.poll(notesInFile).toBe(5);
  await write();
  await expect.poll(notesInFile).toBe(6);
});

it('the log begins anew while somebody writes all the time', async () => {
  await write();
  const before = begun();
  await using _ = await startCheckpoints(db, file, unsaid, { everyMs: 1, manyPages: 20 });
  const over = new AbortController();
  const writing = (async () => {
    while (!over.signal.aborted) await write();
  })();
  await expect.poll(begun).not.toBe(before);
  over.abort();
  await writing;
});

it('where it cannot be done that is said, and SQLite does it by itself', async () => {
  const said: unknown[] = [];
  await using _ = await startCheckpoints(db, join(folder, 'elsewhere', 'firm.db'), (problem) =>
    said.push(problem),
  );
  await expect.poll(() => said).toEqual([expect.objectContaining({ message: expect.any(String) })]);
  await expect.poll(automatic).toBe(1000);
});

it('the thread ends before the file is closed, which then holds all and has no log', async () => {
  {
    await using _ = await startCheckpoints(db, file, unsaid, { everyMs: 60_000 });
    await write();
  }
  await db.destroy();
  expect(await notesInFile()).toBe(1);
  expect(() => begun()).toThrow('ENOENT');
  db = connectDatabase(file);
});
